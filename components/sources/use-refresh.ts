'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/api/uploads', { method: 'OPTIONS', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

/**
 * Reads the page anew, if there is somebody to read it from: a refresh that fails makes the router leave the page, and with
 * it the uploads that wait for their connection.
 */
export function useRefresh(): () => void {
  const router = useRouter()
  return useCallback(() => {
    void isReachable().then((reachable) => reachable && router.refresh())
  }, [router])
}
