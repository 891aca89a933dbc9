'use client'

import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import type { RejectActions } from '@/components/sources/reject-actions'
import { RetryDialog, type RejectSelection } from '@/components/sources/retry-dialog'

/** "Retry…" for all that a list shows. */
export function RetryButton({ selection, count, retry }: { selection: RejectSelection; count: number; retry: RejectActions['retry'] }) {
  const [opened, setOpened] = useState(false)
  const what = count === 1 ? 'the record' : `${count.toLocaleString('en')} records`
  return (
    <>
      <Button leftSection={<IconRefresh size={15} stroke={1.8} />} onClick={() => setOpened(true)}>
        Retry {what}…
      </Button>
      {opened && <RetryDialog selection={selection} what={what} retry={retry} onClose={() => setOpened(false)} />}
    </>
  )
}
