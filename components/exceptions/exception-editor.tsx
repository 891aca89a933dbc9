'use client'

import { Button, Checkbox, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { IconAlertOctagonFilled } from '@tabler/icons-react'
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { ConditionsField } from '@/components/exceptions/conditions-field'
import { toEntry } from '@/components/exceptions/condition-draft'
import { inputOf, previewOf, valuesOf, type EditorValues } from '@/components/exceptions/editor-values'
import type { SavedAnswer, SaveException } from '@/components/exceptions/exception-actions'
import { EffectFooter } from '@/components/exceptions/effect-footer'
import { effectVerdict, NOTHING_ACKNOWLEDGED } from '@/components/exceptions/effect-verdict'
import { ExpiryField } from '@/components/exceptions/expiry-field'
import { ImpactPanel } from '@/components/exceptions/impact-panel'
import { columnsOfAlert, columnsOfStages } from '@/components/exceptions/record-columns'
import { ScopeFields } from '@/components/exceptions/scope-fields'
import { useImpact } from '@/components/exceptions/use-impact'
import { VERDICT_LABELS } from '@/lib/alerts/schema'
import { CLOSING_VERDICTS, type ExceptionDraft } from '@/lib/exceptions/schema'
import classes from './exception-editor.module.css'

interface ExceptionEditorProps {
  readonly draft: ExceptionDraft
  readonly save: SaveException
  readonly onSaved: (saved: SavedAnswer, name: string) => void
  readonly onCancel: () => void
  /** Something was changed, so that closing would lose it. */
  readonly onDirty: () => void
}

interface Failure {
  readonly message: string
  readonly fields: Readonly<Record<string, string>>
}

const NONE: Failure = { message: '', fields: {} }
const VERDICTS = CLOSING_VERDICTS.map((value) => ({ value, label: VERDICT_LABELS[value] }))

function closingLabel(count: number, isCut: boolean): string {
  if (count === 0) return 'No undecided alert matches'
  if (count === 1 && !isCut) return 'Close the matching undecided alert as'
  return `Close all matching undecided alerts (${isCut ? 'at least ' : ''}${count.toLocaleString('en')}) as`
}

/** The form of an exception with its effect beside it, always for what is entered now. */
export function ExceptionEditor({ draft, save, onSaved, onCancel, onDirty }: ExceptionEditorProps) {
  const [values, setValues] = useState<EditorValues>(() => valuesOf(draft))
  const [failure, setFailure] = useState<Failure>(NONE)
  const [isSaving, setSaving] = useState(false)
  const [acknowledged, setAcknowledged] = useState(NOTHING_ACKNOWLEDGED)
  /** The conditions for which everything is looked through, however long it takes. */
  const [completeFor, setCompleteFor] = useState<string>()

  const asked = previewOf(values, false)
  const isComplete = asked !== null && completeFor === JSON.stringify(asked)
  /** Raised to ask again for the same conditions: after a failure, or when the server knew more than the answer. */
  const [round, setRound] = useState(0)
  const state = useImpact(asked === null ? null : { ...asked, complete: isComplete }, round)
  const { impact } = state
  const entries = values.conditions.map(toEntry).filter(({ field }) => field !== '')
  const ofAlert = draft.records.length > 0
  const stages = ofAlert && values.ruleId === draft.initial.ruleId ? draft.records.filter((record) => record.isAsked) : asked === null ? [] : (impact?.stages ?? [])
  const columns = ofAlert ? columnsOfAlert(entries, draft.records, values.stage) : asked !== null && state.isCurrent ? columnsOfStages(impact?.stages ?? [], values.stage) : []
  const closable = impact === null || asked === null ? 0 : impact.alerts.open + impact.alerts.acknowledged

  const verdict = effectVerdict({ isAsked: asked !== null, state, isEnabled: values.enabled, acknowledged })

  const change = (next: Partial<EditorValues>) => {
    setValues((now) => ({ ...now, ...next }))
    setFailure(NONE)
    onDirty()
  }
  const submit = async () => {
    if (isSaving || !verdict.canSave) return
    setSaving(true)
    try {
      const answer = await save({ ...inputOf(values, draft, closable, Date.now()), acknowledgedAlertIds: verdict.hides.map(({ id }) => id), acknowledgedFields: verdict.unknownFields.map(({ field }) => field) })
      if (answer.ok) onSaved(answer.value, values.name)
      else {
        const { message, fields } = answer.error
        if (answer.error.code === 'conflict') setRound((n) => n + 1)
        setFailure({ message: Object.keys(fields).length > 0 ? 'Not saved yet: see what is marked above.' : message, fields })
      }
    } catch {
      setFailure({ message: 'The server did not answer. Nothing was saved.', fields: {} })
    } finally {
      setSaving(false)
    }
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void submit()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') {
      // Enter chooses from a list of completions; it must not save a half-made exception.
      event.preventDefault()
    }
  }
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // The dialog took the focus before this was loaded. First is what is missing: a condition, else the reason.
    form.current?.querySelector<HTMLElement>(draft.initial.entries.length === 0 ? 'input' : 'textarea:not([aria-hidden])')?.focus()
  }, [draft])
  useEffect(() => {
    if (failure !== NONE) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [failure])
  const { fields } = failure
  const closing = values.closes && closable > 0 ? ` and close ${closable.toLocaleString('en')} ${closable === 1 ? 'alert' : 'alerts'}` : ''
  return (
    // Keys of the whole form; each control has its own as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form ref={form} className={classes.editor} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate aria-label="Exception">
      <div className={classes.form}>
        <ConditionsField conditions={values.conditions} fields={draft.fields} records={draft.records} errors={fields} onChange={(conditions) => change({ conditions })} />
        {fields['entries'] !== undefined && <p className={classes.error}>{fields['entries']}</p>}
        <ScopeFields rules={draft.rules} ruleId={values.ruleId} stage={values.stage} stages={stages} errors={fields} onChange={change} />
        <TextInput label="Name" required value={values.name} onChange={(event) => change({ name: event.currentTarget.value })} error={fields['name']} maxLength={200} />
        <Textarea
          label="Reason"
          description="Why this is harmless, for whoever reviews it later."
          required
          autosize
          minRows={2}
          maxRows={8}
          value={values.reason}
          onChange={(event) => change({ reason: event.currentTarget.value })}
          error={fields['reason']}
        />
        <div className={classes.expiry}>
          <ExpiryField expiry={values.expiry} error={fields['expiresAt']} onChange={(expiry) => change({ expiry })} />
          <Switch label="Enabled" checked={values.enabled} onChange={(event) => change({ enabled: event.currentTarget.checked })} />
        </div>
      </div>
      <div className={classes.effect}>
        <ImpactPanel
          state={state}
          isAsked={asked !== null}
          entries={entries}
          columns={columns}
          ofAlert={ofAlert}
          onComplete={() => setCompleteFor(JSON.stringify(asked))}
          onRetry={() => setRound((n) => n + 1)}
        />
      </div>
      <div className={classes.foot}>
        {failure.message !== '' && (
          <p className={classes.failure} role="alert">
            <IconAlertOctagonFilled size={16} aria-hidden />
            {failure.message}
          </p>
        )}
        <EffectFooter verdict={verdict} acknowledged={acknowledged} onAcknowledge={setAcknowledged} />
        <div className={classes.closing}>
          <Checkbox
            label={closingLabel(closable, impact?.alerts.truncated === true)}
            checked={values.closes && closable > 0}
            disabled={closable === 0}
            onChange={(event) => change({ closes: event.currentTarget.checked })}
          />
          {closable > 0 && (
            <Select
              aria-label="Verdict of the alerts that are closed"
              w={178}
              data={VERDICTS}
              value={values.closeAs}
              allowDeselect={false}
              onChange={(value) => value !== null && change({ closeAs: value, closes: true })}
            />
          )}
        </div>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onCancel} disabled={isSaving}>
            Cancel
          </Button>
          <Button type="submit" loading={isSaving} disabled={!verdict.canSave} color={verdict.tone === 'bad' ? 'red' : undefined} className={verdict.tone === 'bad' ? classes.bad : undefined}>
            Save{closing === '' ? ' exception' : closing}
          </Button>
        </div>
      </div>
    </form>
  )
}
