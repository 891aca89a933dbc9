'use client'

import { Select } from '@mantine/core'
import { recordLabel } from '@/components/exceptions/record-columns'
import type { DraftRecord, ExceptionDraft, StageFacts } from '@/lib/exceptions/schema'
import classes from './exception-editor.module.css'

const ALL = 'all'
const ANY = 'any'

interface ScopeFieldsProps {
  readonly rules: ExceptionDraft['rules']
  readonly ruleId: string | null
  readonly stage: number | null
  /** The stages known of the rule: from the alert, or from what the rule has matched. */
  readonly stages: ReadonlyArray<Pick<StageFacts, 'stage' | 'role'> & Partial<Pick<DraftRecord, 'program' | 'timestamp'>>>
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (next: { ruleId: string | null; stage: number | null }) => void
}

/** For which rule, and for which of its records: an exception of one rule may be limited to one of its stages. */
export function ScopeFields({ rules, ruleId, stage, stages, errors, onChange }: ScopeFieldsProps) {
  const named = stages.filter((one) => one.stage !== null)
  const options = named.map((one) => ({ value: String(one.stage), label: `Only its ${recordLabel(one, named)}` }))
  const known = new Map(options.map((option) => [option.value, option]))
  if (stage !== null && !known.has(String(stage))) known.set(String(stage), { value: String(stage), label: `Only its stage ${stage + 1}` })
  return (
    <div className={classes.pair}>
      <Select
        label="Applies to"
        data={[{ value: ALL, label: 'All rules' }, ...rules.map((rule) => ({ value: rule.ruleId, label: rule.name }))]}
        value={ruleId ?? ALL}
        onChange={(value) => value !== null && onChange({ ruleId: value === ALL ? null : value, stage: null })}
        allowDeselect={false}
        searchable={rules.length > 8}
        error={errors['ruleId']}
      />
      <Select
        label="Asked of"
        data={[{ value: ANY, label: 'Any record of a match' }, ...known.values()]}
        value={stage === null ? ANY : String(stage)}
        onChange={(value) => value !== null && onChange({ ruleId, stage: value === ANY ? null : Number(value) })}
        allowDeselect={false}
        disabled={ruleId === null}
        error={errors['stage']}
      />
    </div>
  )
}
