'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { isUnderWay, uploadStore } from '@/components/sources/upload-store'

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/api/uploads', { method: 'OPTIONS', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

/**
 * Reads the page anew, if there is somebody to read it from: a refresh that fails makes the router leave the page, and with
 * it the uploads that wait for their connection. A connection that drops takes a refresh under way with it, so while this tab
 * sends something there is none; the list of uploads says how far it is, and asks for one when it has ended.
 */
export function useRefresh(): () => void {
  const router = useRouter()
  return useCallback(() => {
    const isSending = () => uploadStore.list().some(isUnderWay)
    if (isSending()) return
    void isReachable().then((reachable) => reachable && !isSending() && router.refresh())
  }, [router])
}
