'use client'

import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useRejectDialogs } from '@/components/sources/reject-dialogs'
import type { RejectSelection } from '@/components/sources/retry-dialog'

/** "Retry…" for all that a list shows. */
export function RetryButton({ selection, count }: { selection: RejectSelection; count: number }) {
  const dialogs = useRejectDialogs()
  const what = count === 1 ? 'the record' : `${count.toLocaleString('en')} records`
  return (
    <Button leftSection={<IconRefresh size={15} stroke={1.8} />} onClick={() => dialogs.retry(selection, what)}>
      Retry {what}…
    </Button>
  )
}
