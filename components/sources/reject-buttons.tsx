'use client'

import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { EditRejectDialog } from '@/components/sources/edit-reject-dialog'
import type { RejectActions } from '@/components/sources/reject-actions'
import { RetryDialog } from '@/components/sources/retry-dialog'
import type { RejectedRecord } from '@/lib/ingest/schema'

/** What can be done about one rejected record. */
export function RejectButtons({ reject, actions }: { reject: RejectedRecord; actions: RejectActions }) {
  const [opened, setOpened] = useState<'retry' | 'edit'>()
  const close = () => setOpened(undefined)
  const name = `record ${reject.record.toLocaleString('en')}`
  return (
    <>
      <Group gap={6}>
        <Button size="compact-xs" variant="default" onClick={() => setOpened('retry')} aria-label={`Retry ${name} of ${reject.importName}`}>
          Retry…
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => setOpened('edit')} aria-label={`Edit ${name} of ${reject.importName}`}>
          Edit…
        </Button>
      </Group>
      {opened === 'retry' && <RetryDialog selection={{ ids: [reject.id] }} what={name} retry={actions.retry} onClose={close} />}
      {opened === 'edit' && <EditRejectDialog reject={reject} actions={actions} onClose={close} />}
    </>
  )
}
