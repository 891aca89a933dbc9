'use client'

import { Button, Checkbox, NumberInput, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlayerPause } from '@tabler/icons-react'
import { useState, useTransition, type FormEvent } from 'react'
import { PreviewText } from '@/components/settings/preview-text'
import type { PreviewRetention, RunRetention, SaveRetention } from '@/components/settings/retention-actions'
import { useRetentionPreview } from '@/components/settings/use-retention-preview'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import type { RetentionPolicy } from '@/lib/retention/schema'
import classes from './retention-form.module.css'

interface RetentionFormProps {
  readonly policy: RetentionPolicy
  readonly paused: string | null
  readonly underWay: boolean
  readonly preview: PreviewRetention
  readonly save: SaveRetention
  readonly run: RunRetention
}

const UNITS = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const
type Unit = keyof typeof UNITS

function unitOf(bytes: number): Unit {
  return (['TiB', 'GiB'] as const).find((unit) => bytes % UNITS[unit] === 0 || bytes >= 16 * UNITS[unit]) ?? 'MiB'
}

interface Draft {
  readonly byAge: boolean
  readonly days: number | string
  readonly bySize: boolean
  readonly size: number | string
  readonly unit: Unit
}

function draftOf({ maxAgeDays, maxBytes }: RetentionPolicy): Draft {
  const unit = maxBytes === null ? 'GiB' : unitOf(maxBytes)
  return { byAge: maxAgeDays !== null, days: maxAgeDays ?? 90, bySize: maxBytes !== null, size: maxBytes === null ? 20 : Number((maxBytes / UNITS[unit]).toFixed(2)), unit }
}

/** Null while a number that is asked for is not there. */
function policyOf({ byAge, days, bySize, size, unit }: Draft): RetentionPolicy | null {
  if ((byAge && typeof days !== 'number') || (bySize && typeof size !== 'number')) return null
  return { maxAgeDays: byAge ? Number(days) : null, maxBytes: bySize ? Math.round(Number(size) * UNITS[unit]) : null }
}

/** How long events are kept: set with its effect in view, and followed at once if asked. */
export function RetentionForm({ policy, paused, underWay, preview: ask, save, run }: RetentionFormProps) {
  const [draft, setDraft] = useState(() => draftOf(policy))
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({})
  const [busy, act] = useTransition()
  const [confirming, setConfirming] = useState(false)
  const wanted = policyOf(draft)
  const change = (part: Partial<Draft>) => {
    setFaults({})
    setDraft({ ...draft, ...part })
  }
  const isChanged = wanted !== null && (wanted.maxAgeDays !== policy.maxAgeDays || wanted.maxBytes !== policy.maxBytes)
  const deletes = wanted !== null && (wanted.maxAgeDays !== null || wanted.maxBytes !== null)
  const { preview, failure, isCurrent } = useRetentionPreview(ask, deletes ? JSON.stringify(wanted) : null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted === null) return
    act(async () => {
      const result = await save(wanted)
      if (result.ok) {
        notifications.show({ title: 'Saved', message: deletes ? 'It is followed within the hour, or now if you run it.' : 'Everything is kept from now on.' })
      } else setFaults({ form: result.error.message, ...result.error.fields })
    })
  }
  const runNow = async () => {
    const result = await run()
    if (!result.ok) throw new Error(result.error.message)
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      {paused !== null && (
        <p className={classes.paused} role="note">
          <IconPlayerPause size={16} stroke={1.8} aria-hidden />
          <span>Paused: {paused} Save to go on.</span>
        </p>
      )}
      <div className={classes.line}>
        <Checkbox label="Delete events received more than" checked={draft.byAge} onChange={(event) => change({ byAge: event.currentTarget.checked })} />
        <NumberInput
          aria-label="Days that events are kept"
          className={classes.number}
          value={draft.days}
          min={1}
          max={36_500}
          allowDecimal={false}
          allowNegative={false}
          disabled={!draft.byAge}
          error={faults['maxAgeDays'] !== undefined}
          onChange={(days) => change({ days })}
        />
        <span>days ago</span>
      </div>
      <div className={classes.line}>
        <Checkbox label="Delete the oldest while more is in use than" checked={draft.bySize} onChange={(event) => change({ bySize: event.currentTarget.checked })} />
        <NumberInput
          aria-label="Size the database is kept to"
          className={classes.number}
          value={draft.size}
          min={0}
          decimalScale={2}
          allowNegative={false}
          disabled={!draft.bySize}
          error={faults['maxBytes'] !== undefined}
          onChange={(size) => change({ size })}
        />
        <Select
          aria-label="Unit of the size"
          className={classes.unit}
          data={Object.keys(UNITS)}
          value={draft.unit}
          allowDeselect={false}
          disabled={!draft.bySize}
          onChange={(unit) => change({ unit: unit as Unit })}
        />
      </div>
      <p className={classes.rule}>
        Records of alerts that are not closed, and of alerts in a case, are never deleted, nor is what stands around them. A closed alert keeps its verdict, history and checklist when its records go.
      </p>
      <section className={classes.preview} aria-label="What this would do" aria-live="polite" aria-busy={deletes && !isCurrent}>
        {!deletes && <p>{wanted === null ? 'Enter a number.' : 'Everything is kept.'}</p>}
        {deletes && failure !== null && <p className={classes.fault}>{failure}</p>}
        {deletes && failure === null && (preview === null ? <p>Looking at what is stored…</p> : <PreviewText preview={preview} />)}
      </section>
      {faults['form'] !== undefined && (
        <p role="alert" className={classes.fault}>
          {faults['form']}
        </p>
      )}
      <div className={classes.actions}>
        <Button type="submit" loading={busy} disabled={wanted === null || (!isChanged && paused === null)}>
          Save
        </Button>
        <Button variant="default" disabled={isChanged || !deletes || underWay || paused !== null} onClick={() => setConfirming(true)}>
          Run now…
        </Button>
      </div>
      <ConfirmDialog opened={confirming} onClose={() => setConfirming(false)} title="Delete what is due now?" confirmLabel="Delete" danger onConfirm={runNow}>
        {preview !== null && isCurrent ? <PreviewText preview={preview} /> : <p>What the policy no longer keeps is deleted. It cannot be brought back.</p>}
      </ConfirmDialog>
    </form>
  )
}
