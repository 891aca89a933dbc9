'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBellRinging } from '@tabler/icons-react'
import { useState } from 'react'
import type { RaiseAgain } from '@/components/exceptions/exception-actions'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { exceptionRef } from '@/lib/exceptions/schema'

interface RaiseAgainButtonProps {
  readonly id: number
  readonly count: number
  readonly raise: RaiseAgain
}

/** Raises what an exception held back that is switched off or over. */
export function RaiseAgainButton({ id, count, raise }: RaiseAgainButtonProps) {
  const [isAsking, setAsking] = useState(false)
  const confirm = async () => {
    const answer = await raise({ id })
    if (!answer.ok) throw new Error(answer.error.message)
    const { raised } = answer.value
    notifications.show({ title: `${exceptionRef(id)}: raised again`, message: raised === 0 ? 'All of it stands as alerts already.' : `${raised.toLocaleString('en')} ${raised === 1 ? 'match is' : 'matches are'} raised as alerts.` })
  }
  return (
    <>
      <Button variant="default" leftSection={<IconBellRinging size={15} stroke={1.7} />} onClick={() => setAsking(true)}>
        Raise what it held back
      </Button>
      {isAsking && (
        <ConfirmDialog opened onClose={() => setAsking(false)} title={`Raise what ${exceptionRef(id)} held back?`} confirmLabel="Raise" onConfirm={confirm}>
          Up to {count.toLocaleString('en')} {count === 1 ? 'match becomes an alert' : 'matches become alerts'}, unless another exception holds them back.
        </ConfirmDialog>
      )}
    </>
  )
}
