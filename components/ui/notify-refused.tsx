'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Conflict } from '@/lib/errors'

interface Refused {
  readonly title: string
  readonly message: string
  /** What somebody else changed meanwhile: the message stays, with a button for those who mean it. */
  readonly conflict: Conflict | undefined
  /** The button's words. */
  readonly anyway: string
  /** Gives the act again, knowing the history up to this entry. */
  readonly onAnyway: (entry: number) => void
}

/** Says why an act that has no dialog was refused. */
export function notifyRefused({ title, message, conflict, anyway, onAnyway }: Refused): void {
  const id = notifications.show({
    color: 'red',
    title,
    autoClose: conflict ? false : undefined,
    message: (
      <>
        {message}
        {conflict && (
          <Button
            variant="default"
            size="compact-xs"
            mt={6}
            display="block"
            onClick={() => {
              notifications.hide(id)
              onAnyway(conflict.entry)
            }}
          >
            {anyway}
          </Button>
        )}
      </>
    ),
  })
}
