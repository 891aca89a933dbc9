'use client'

import { Select, Textarea, TextInput } from '@mantine/core'
import { SEVERITIES, type Severity } from '@/lib/rules/schema'
import { TLPS, tlpLabel, type Tlp } from '@/lib/cases/schema'
import { LIMITS } from '@/lib/limits'
import classes from './cases.module.css'

/** In a dialog whose fields arrive later than the dialog itself, its own focus has gone to the close button. */
const focus = (field: HTMLElement | null) => field?.focus()

/** What a person writes when a case is opened. */
export interface CaseDraft {
  readonly title: string
  readonly description: string
  /** Empty: the worst of its alerts. */
  readonly severity: Severity | ''
  readonly tlp: Tlp
}

export const EMPTY_DRAFT: CaseDraft = { title: '', description: '', severity: '', tlp: 'amber' }

export const SEVERITY_OPTIONS = SEVERITIES.map((value) => ({ value, label: `${value.charAt(0).toUpperCase()}${value.slice(1)}` }))
export const TLP_OPTIONS = TLPS.map((value) => ({ value, label: tlpLabel(value) }))

interface CaseFieldsProps {
  readonly draft: CaseDraft
  readonly onChange: (draft: CaseDraft) => void
  readonly errors: Readonly<Record<string, string>>
  /** Whether there are alerts to take the severity from. */
  readonly hasAlerts: boolean
}

/** The fields of a new case. */
export function CaseFields({ draft, onChange, errors, hasAlerts }: CaseFieldsProps) {
  return (
    <div className={classes.fields}>
      <TextInput
        label="Title"
        placeholder="What happened, where"
        data-autofocus
        ref={focus}
        maxLength={160}
        value={draft.title}
        error={errors['title']}
        onChange={(event) => onChange({ ...draft, title: event.currentTarget.value })}
      />
      <Textarea
        label="Description"
        description="Markdown. Stands first in the report."
        autosize
        minRows={3}
        maxRows={10}
        maxLength={LIMITS.caseTextLength}
        value={draft.description}
        error={errors['description']}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <Select
          label="Severity"
          data={[{ value: '', label: hasAlerts ? 'Worst of its alerts' : 'Medium' }, ...SEVERITY_OPTIONS]}
          value={draft.severity}
          allowDeselect={false}
          onChange={(value) => onChange({ ...draft, severity: SEVERITIES.find((known) => known === value) ?? '' })}
        />
        <Select
          label="TLP"
          data={TLP_OPTIONS}
          value={draft.tlp}
          allowDeselect={false}
          onChange={(value) => onChange({ ...draft, tlp: TLPS.find((known) => known === value) ?? draft.tlp })}
        />
      </div>
    </div>
  )
}

/** The draft as the verb takes it. */
export function toInput({ title, description, severity, tlp }: CaseDraft) {
  return { title, description, tlp, ...(severity === '' ? {} : { severity }) }
}
