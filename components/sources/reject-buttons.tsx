'use client'

import { Button, Group } from '@mantine/core'
import { useRejectDialogs } from '@/components/sources/reject-dialogs'
import type { RejectedRecord } from '@/lib/ingest/schema'

/** What can be done about one rejected record. */
export function RejectButtons({ reject }: { reject: RejectedRecord }) {
  const dialogs = useRejectDialogs()
  const name = `record ${reject.record.toLocaleString('en')}`
  return (
    <Group gap={6}>
      <Button size="compact-xs" variant="default" onClick={() => dialogs.retry({ ids: [reject.id] }, name)} aria-label={`Retry ${name} of ${reject.importName}`}>
        Retry…
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => dialogs.edit(reject)} aria-label={`Edit ${name} of ${reject.importName}`}>
        Edit…
      </Button>
    </Group>
  )
}
