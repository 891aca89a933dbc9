'use client'

import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { isUnderWay, uploadStore } from '@/components/sources/upload-store'
import { useUploads } from '@/components/sources/use-uploads'

/** Loads the bundled incident. What was loaded appears in the list of uploads. */
export function SampleButton() {
  const busy = useUploads().some((upload) => upload.size === null && isUnderWay(upload))
  return (
    <Button leftSection={<IconPlayerPlay size={15} stroke={1.8} />} loading={busy} onClick={uploadStore.addSample}>
      Load the sample incident
    </Button>
  )
}
