'use client'

import { ActionIcon, Autocomplete, Select, TagsInput, Tooltip, UnstyledButton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { OPERATOR_OPTIONS, toEntry, withOperator, type ConditionDraft } from '@/components/exceptions/condition-draft'
import type { FieldCompletion } from '@/components/exceptions/field-completion'
import { conditionHint } from '@/lib/exceptions/condition-hints'
import { ignoresCaseByDefault } from '@/lib/exceptions/schema'
import { escapePattern, unescapePattern } from '@/lib/lang/escaped-wildcard'
import classes from './condition-row.module.css'

interface ConditionRowProps {
  readonly condition: ConditionDraft
  /** 1-based, for labels. */
  readonly number: number
  readonly completion: FieldCompletion
  readonly fieldError: string | undefined
  readonly valueError: string | undefined
  readonly onChange: (next: ConditionDraft) => void
  /** Absent for the only condition. */
  readonly onRemove: (() => void) | undefined
}

const OPERATORS = OPERATOR_OPTIONS.map(({ value, label }) => ({ value, label }))

/** One condition: field, operator, value, and whether case counts. */
export function ConditionRow({ condition, number, completion, fieldError, valueError, onChange, onRemove }: ConditionRowProps) {
  const patterned = (values: readonly string[]) => (condition.type === 'wildcard' ? values.map(escapePattern) : values)
  const known = patterned(completion.valuesOf(condition.field))
  // A field of the alert brings its value, unless someone typed one that is not the alert's.
  const setField = (field: string) => {
    const values = completion.valuesOf(field)
    const [value] = patterned(values)
    if (value === undefined) return onChange({ ...condition, field, ignoreCase: condition.value === '' ? ignoresCaseByDefault(field) : condition.ignoreCase })
    const isOurs = (text: string) => text === '' || completion.isKnown(condition.type === 'wildcard' ? (unescapePattern(text) ?? text) : text)
    return onChange({
      ...condition,
      field,
      ignoreCase: ignoresCaseByDefault(field),
      value: isOurs(condition.value) ? value : condition.value,
      values: condition.values.every(isOurs) ? values : condition.values,
    })
  }
  const hint = conditionHint(toEntry(condition))
  return (
    <fieldset className={classes.row} aria-label={`Condition ${number}`}>
      <div className={classes.field}>
        <Autocomplete
          aria-label={`Field of condition ${number}`}
          placeholder="field, e.g. process.executable"
          data={[...completion.groups]}
          limit={60}
          withScrollArea={false}
          value={condition.field}
          onChange={setField}
          error={fieldError}
          spellCheck={false}
          autoCapitalize="off"
          classNames={{ input: classes.machine, option: classes.machine, options: classes.options }}
        />
      </div>
      <Select
        className={classes.operator}
        aria-label={`Operator of condition ${number}`}
        data={OPERATORS}
        value={`${condition.type}.${condition.operator}`}
        onChange={(id) => id !== null && onChange(withOperator(condition, id))}
        allowDeselect={false}
        maxDropdownHeight={300}
      />
      <div className={classes.value}>
        <ConditionValue condition={condition} number={number} known={known} error={valueError} onChange={onChange} />
      </div>
      {condition.type === 'exists' ? (
        <span className={classes.case} />
      ) : (
        <Tooltip label={condition.ignoreCase ? 'Any case: A is a. Click to tell them apart.' : 'Case counts: A is not a. Click to ignore it.'}>
          <UnstyledButton
            className={classes.case}
            aria-label={`Case counts in condition ${number}`}
            aria-pressed={!condition.ignoreCase}
            onClick={() => onChange({ ...condition, ignoreCase: !condition.ignoreCase })}
          >
            Aa
          </UnstyledButton>
        </Tooltip>
      )}
      <ActionIcon className={classes.remove} aria-label={`Remove condition ${number}`} disabled={onRemove === undefined} onClick={onRemove}>
        <IconX size={15} stroke={1.8} />
      </ActionIcon>
      {hint !== null && <p className={classes.hint}>{hint}</p>}
    </fieldset>
  )
}

interface ConditionValueProps {
  readonly condition: ConditionDraft
  readonly number: number
  readonly known: readonly string[]
  readonly error: string | undefined
  readonly onChange: (next: ConditionDraft) => void
}

function ConditionValue({ condition, number, known, error, onChange }: ConditionValueProps): ReactNode {
  const { type, operator } = condition
  const label = `Value of condition ${number}`
  if (type === 'exists') return <span className={classes.none}>{operator === 'included' ? 'whatever its value' : 'the record lacks it'}</span>
  if (type === 'match_any') {
    return (
      <TagsInput
        aria-label={label}
        placeholder={condition.values.length === 0 ? 'a value, then Enter' : ''}
        data={[...known]}
        withScrollArea={false}
        value={[...condition.values]}
        onChange={(values) => onChange({ ...condition, values })}
        // A command line has commas; only Enter ends a value.
        splitChars={['\n']}
        acceptValueOnBlur
        error={error}
        spellCheck={false}
        classNames={{ pill: classes.machine, inputField: classes.tagInput, option: classes.machine, options: classes.options }}
      />
    )
  }
  return (
    <Autocomplete
      aria-label={label}
      placeholder={type === 'wildcard' ? 'pattern, e.g. /opt/agent/*' : 'value'}
      data={[...known]}
      withScrollArea={false}
      value={condition.value}
      onChange={(value) => onChange({ ...condition, value })}
      error={error}
      spellCheck={false}
      autoCapitalize="off"
      classNames={{ input: classes.machine, option: classes.machine, options: classes.options }}
    />
  )
}
