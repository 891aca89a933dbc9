'use client'

import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { exceptionRef, type ExceptionRecord } from '@/lib/exceptions/schema'

/** How an exception ends: for a while, or for good. */
export interface Ending {
  readonly kind: 'switch' | 'delete'
  readonly exception: ExceptionRecord
}

interface EndingDialogProps {
  readonly ending: Ending
  readonly onClose: () => void
  /** Throws with what to say when it was refused. */
  readonly onEnd: (ending: Ending, raise: boolean) => Promise<void>
}

/** Asks before an exception is switched off or deleted, and whether what it held back becomes alerts. */
export function EndingDialog({ ending, onClose, onEnd }: EndingDialogProps) {
  const { kind, exception } = ending
  const [raise, setRaise] = useState(false)
  const verb = kind === 'delete' ? 'Delete' : 'Switch off'
  return (
    <ConfirmDialog opened onClose={onClose} title={`${verb} ${exceptionRef(exception.id)}?`} confirmLabel={verb} danger={kind === 'delete'} onConfirm={() => onEnd(ending, raise)}>
      <p>
        “{exception.name}” will no longer hold anything back.{kind === 'delete' && ' To pause it instead, switch it off.'}
      </p>
      {exception.hits > 0 && (
        <Checkbox
          mt="sm"
          label={`Raise ${exception.hits === 1 ? 'the match' : `the ${exception.hits.toLocaleString('en')} matches`} it held back as alerts`}
          description="Without this they stay in its list and raise nothing."
          checked={raise}
          onChange={(event) => setRaise(event.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  )
}
