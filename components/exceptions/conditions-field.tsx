'use client'

import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Fragment, useMemo } from 'react'
import { emptyCondition, fromField, type ConditionDraft } from '@/components/exceptions/condition-draft'
import { ConditionRow } from '@/components/exceptions/condition-row'
import { fieldCompletion } from '@/components/exceptions/field-completion'
import type { DraftField, DraftRecord } from '@/lib/exceptions/schema'
import classes from './exception-editor.module.css'

interface ConditionsFieldProps {
  readonly conditions: readonly ConditionDraft[]
  readonly fields: readonly DraftField[]
  readonly records: readonly DraftRecord[]
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (next: readonly ConditionDraft[]) => void
}

/** The conditions, all of which one record must meet, and what else the alert offers for one. */
export function ConditionsField({ conditions, fields, records, errors, onChange }: ConditionsFieldProps) {
  const completion = useMemo(() => fieldCompletion(fields), [fields])
  const used = new Set(conditions.map(({ field }) => field))
  const offered = fields.filter((field) => field.highlighted && field.values.length > 0 && !used.has(field.field))
  const rolesOf = ({ positions }: DraftField) => records.flatMap((record) => (positions.includes(record.position) ? [record.role] : [])).join(', ')
  const add = (condition: ConditionDraft) => {
    const kept = conditions.filter(({ field, value, values }) => field !== '' || value !== '' || values.length > 0)
    onChange([...kept, condition])
  }
  return (
    <fieldset className={classes.conditions}>
      <legend>
        Conditions <span>one record must meet all of them</span>
      </legend>
      {conditions.map((condition, at) => (
        <Fragment key={condition.key}>
          {at > 0 && <span className={classes.and}>and</span>}
          <ConditionRow
            condition={condition}
            number={at + 1}
            completion={completion}
            fieldError={errors[`entries.${at}.field`]}
            valueError={errors[`entries.${at}.value`] ?? errors[`entries.${at}.value.0`]}
            onChange={(next) => onChange(conditions.map((one) => (one.key === next.key ? next : one)))}
            onRemove={conditions.length === 1 ? undefined : () => onChange(conditions.filter(({ key }) => key !== condition.key))}
          />
        </Fragment>
      ))}
      <div className={classes.more}>
        <Button variant="default" size="compact-xs" leftSection={<IconPlus size={13} />} onClick={() => onChange([...conditions, emptyCondition()])}>
          Add condition
        </Button>
        {offered.length > 0 && (
          <span className={classes.offered}>
            <span>From the alert:</span>
            {offered.map((field) => (
              <button key={field.field} type="button" className={classes.offer} title={`${field.values.join('\n')}\n(in ${rolesOf(field)})`} onClick={() => add(fromField(field))}>
                <IconPlus size={11} stroke={2} aria-hidden />
                {field.field}
              </button>
            ))}
          </span>
        )}
      </div>
    </fieldset>
  )
}
