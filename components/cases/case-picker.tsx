'use client'

import { Radio, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { CaseStatusBadge } from '@/components/cases/case-badges'
import { caseRef, type CaseOption } from '@/lib/cases/schema'
import classes from './cases.module.css'

const SEARCH_FROM = 7

interface CasePickerProps {
  readonly options: readonly CaseOption[]
  readonly picked: number | undefined
  readonly onPick: (id: number) => void
}

/** The cases that are not closed, the most recently changed first; a search when they are many. */
export function CasePicker({ options, picked, onPick }: CasePickerProps) {
  const [search, setSearch] = useState('')
  const fields = useRef<HTMLDivElement>(null)
  // The options arrive later than the dialog, whose own focus has gone to the close button: the search, or the first case.
  useEffect(() => fields.current?.querySelector<HTMLElement>('input[type=text], input:checked')?.focus(), [])
  const wanted = search.trim().toLowerCase()
  const shown = options.filter((option) => wanted === '' || `${caseRef(option.id)} ${option.title}`.toLowerCase().includes(wanted))
  return (
    <div ref={fields} className={classes.fields}>
      {options.length >= SEARCH_FROM && (
        <TextInput
          aria-label="Search cases"
          placeholder="Search by title or number"
          leftSection={<IconSearch size={15} stroke={1.7} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Radio.Group aria-label="Case" value={picked === undefined ? null : String(picked)} onChange={(value) => onPick(Number(value))}>
        <div className={classes.options}>
          {shown.map((option) => (
            <Radio
              key={option.id}
              value={String(option.id)}
              classNames={{ root: classes.option, body: classes.optionBody, labelWrapper: classes.optionLabel }}
              label={
                <span className={classes.optionLine}>
                  <span className={classes.quiet}>{caseRef(option.id)}</span>
                  <span className={classes.optionTitle}>{option.title}</span>
                  <CaseStatusBadge status={option.status} variant="plain" />
                  <span className={classes.quiet}>
                    {option.alerts.toLocaleString('en')} {option.alerts === 1 ? 'alert' : 'alerts'}
                  </span>
                </span>
              }
            />
          ))}
          {shown.length === 0 && <p className={classes.quiet}>No open case has that title.</p>}
        </div>
      </Radio.Group>
    </div>
  )
}
