import type { EcsEvent } from '@/lib/ecs/event'
import { explainException } from '@/lib/exceptions/match'
import type { DraftRecord, ExceptionEntry, StageFacts } from '@/lib/exceptions/schema'

/** What one kind of record says to one condition. */
export interface ConditionCell {
  /** `some`: of several records some satisfy it. */
  readonly state: 'yes' | 'no' | 'some'
  readonly text: string
}

/** A column of the table of conditions by record. */
export interface RecordColumn {
  readonly label: string
  /** False when the exception is limited to another stage, so that this record is not asked. */
  readonly isAsked: boolean
  readonly cells: readonly ConditionCell[]
  /** Whether the record meets all conditions; null where only numbers of records are known. */
  readonly meetsAll: boolean | null
}

const SHOWN = 3

type Named = Pick<StageFacts, 'role' | 'stage'> & Partial<Pick<DraftRecord, 'program' | 'timestamp'>>

/** `curl exec, 10:12:03.220`: a record of an alert by its program and its time (of its own clock); of a rule by its kind and, where two are of one, its stage. */
export function recordLabel(record: Named, all: readonly Named[]): string {
  if (record.program !== undefined && record.program !== null) {
    const time = /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(record.timestamp ?? '')?.[1]
    return `${record.program} ${record.role}${time === undefined ? '' : `, ${time}`}`
  }
  const kind = `${record.role} record`
  return record.stage !== null && all.filter(({ role }) => role === record.role).length > 1 ? `${kind}, stage ${record.stage + 1}` : kind
}

/** The conditions tried on the records of one alert. */
export function columnsOfAlert(entries: readonly ExceptionEntry[], records: readonly DraftRecord[], stage: number | null): readonly RecordColumn[] {
  return records.map((record) => {
    const cells = cellsOf(entries, record.event)
    return {
      label: recordLabel(record, records),
      isAsked: record.isAsked && (stage === null || stage === record.stage),
      cells,
      meetsAll: cells.length > 0 && cells.every(({ state }) => state === 'yes'),
    }
  })
}

function cellsOf(entries: readonly ExceptionEntry[], event: EcsEvent): readonly ConditionCell[] {
  return explainException(entries, event).map(({ values, decidedBy, result }) => {
    const more = values.length > SHOWN ? `, … ${values.length - SHOWN} more` : ''
    const text = values.length === 0 ? 'no such field' : (decidedBy ?? values.slice(0, SHOWN).join(', ') + more)
    return { state: result ? 'yes' : 'no', text }
  })
}

/** What is known of the records a rule has matched so far. */
export function columnsOfStages(stages: readonly StageFacts[], stage: number | null): readonly RecordColumn[] {
  return stages.map((facts) => ({
    label: recordLabel(facts, stages),
    isAsked: stage === null || facts.stage === null || stage === facts.stage,
    meetsAll: null,
    cells: facts.entries.map(({ present, satisfied }) => {
      const state = satisfied === 0 ? 'no' : satisfied === facts.sampled ? 'yes' : 'some'
      if (present === 0) return { state, text: 'no such field' }
      return { state, text: state === 'some' ? `${satisfied} of ${facts.sampled}` : `${present} of ${facts.sampled} have it` }
    }),
  }))
}
