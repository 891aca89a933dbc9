'use client'

import { useSyncExternalStore } from 'react'
import { uploadStore, type Upload } from '@/components/sources/upload-store'

const NONE: readonly Upload[] = []

/** The uploads of this tab, oldest first. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(uploadStore.subscribe, uploadStore.list, () => NONE)
}
