'use client'

import { Button, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { CommandSnippet } from '@/components/sources/command-snippet'
import type { CreatePushToken, RevokePushToken } from '@/components/sources/push-token-actions'
import { PushTokenTable } from '@/components/sources/push-token-table'
import { ShipperSetup } from '@/components/sources/shipper-setup'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Panel } from '@/components/ui/panel'
import type { CreatedPushToken, PushTokenRecord } from '@/lib/ingest/schema'
import classes from './push-tokens.module.css'

interface PushTokensProps {
  readonly tokens: readonly PushTokenRecord[]
  /** Where this console is reached: `http://127.0.0.1:3000`. */
  readonly origin: string
  readonly create: CreatePushToken
  readonly revoke: RevokePushToken
}

/** Push tokens: made, shown once, revoked; and how shippers are set up with them. */
export function PushTokens({ tokens, origin, create, revoke }: PushTokensProps) {
  const [name, setName] = useState('')
  const [fault, setFault] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [created, setCreated] = useState<CreatedPushToken>()
  const [revoking, setRevoking] = useState<PushTokenRecord>()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const answer = await create({ name })
      setFault(answer.ok ? undefined : answer.error.message)
      if (!answer.ok) return
      setCreated(answer.value)
      setName('')
    } catch {
      setFault('The server did not answer.')
    } finally {
      setBusy(false)
    }
  }
  const revokeOne = async () => {
    if (!revoking) return
    const answer = await revoke({ id: revoking.id })
    if (!answer.ok) throw new Error(answer.error.message)
    if (created?.id === revoking.id) setCreated(undefined)
  }
  return (
    <Panel
      title="Push tokens"
      count={tokens.filter(({ revokedAt }) => revokedAt === null).length}
      description="For shippers that send to an Elasticsearch: they send here unchanged. Once there is a token, every program needs one."
      flush
    >
      <div className={classes.stack}>
        <form className={classes.form} onSubmit={(event) => void submit(event)}>
          <TextInput aria-label="Name of the new token" placeholder="Who sends, as in: web fleet" value={name} error={fault} maxLength={100} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" loading={busy}>
            Create token
          </Button>
        </form>
        <div aria-live="polite">
          {created && <CommandSnippet label={`The token ${created.name}. It is shown this once: copy it now.`} command={created.token} />}
        </div>
        <ShipperSetup origin={origin} token={created} />
      </div>
      {tokens.length > 0 && <PushTokenTable tokens={tokens} onRevoke={setRevoking} />}
      <ConfirmDialog opened={revoking !== undefined} onClose={() => setRevoking(undefined)} title={`Revoke ${revoking?.name ?? 'the token'}?`} confirmLabel="Revoke" danger onConfirm={revokeOne}>
        Whoever sends with it is refused from now on. What was sent stays. It cannot be undone; a new token can be made.
      </ConfirmDialog>
    </Panel>
  )
}
