'use client'

import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { fromInputValue } from '@/components/exceptions/expiry'
import { useTimeZone } from '@/components/ui/time-provider'
import type { ActionResult } from '@/lib/errors'

/** A span of event time, both ends included; null is open. */
export interface RunWindow {
  readonly from: string | null
  readonly to: string | null
}

interface RunDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly start: (window: RunWindow) => Promise<ActionResult<unknown>>
}

/** Asks over which stored events a rule is to be run. What is shown after a refusal is its reason. */
export function RunDialog({ opened, onClose, start }: RunDialogProps) {
  const { zone, isLocal } = useTimeZone()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const name = isLocal ? zone : 'UTC'
  const instant = (value: string): string | null => (value === '' ? null : fromInputValue(value, isLocal))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(undefined)
    try {
      const result = await start({ from: instant(from), to: instant(to) })
      if (result.ok) onClose()
      else setFailure(result.error.message)
    } catch {
      setFailure('The server did not answer.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title="Run over stored events" size={460} closeOnEscape={!busy} closeOnClickOutside={!busy}>
      <form onSubmit={(event) => void submit(event)}>
        <p>The rule as it is now looks at the events of this time, as if it had been there when they came. Left empty, an end is open.</p>
        <Group gap="sm" mt="md" grow>
          <TextInput type="datetime-local" step={1} label={`From (${name})`} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput type="datetime-local" step={1} label={`To (${name})`} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        </Group>
        {failure !== undefined && (
          <p role="alert" style={{ marginTop: 12, color: 'var(--ll-bad-text)' }}>
            {failure}
          </p>
        )}
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Run
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
