import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { FilledIn } from '@/components/alerts/filled-in'
import { maskSecrets } from '@/lib/text/secrets'
import { Mono } from '@/components/ui/machine-text/mono'
import type { ConditionTrace, FieldValue, Verdict } from '@/lib/eql'
import classes from './condition-list.module.css'

const MARKS: Readonly<Record<Verdict, { readonly icon: typeof IconCheck; readonly word: string }>> = {
  true: { icon: IconCheck, word: 'true' },
  false: { icon: IconX, word: 'false' },
  'not-evaluated': { icon: IconMinus, word: 'not evaluated' },
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** What the condition reads; of `not` what its operand reads. */
function fieldsOf(trace: ConditionTrace): readonly FieldValue[] {
  return trace.kind === 'not' ? trace.children.flatMap(fieldsOf) : trace.fields
}

function isGroup(trace: ConditionTrace): boolean {
  return trace.kind === 'and' || trace.kind === 'or' || (trace.kind === 'not' && trace.children.some(isGroup))
}

function groupWords(trace: ConditionTrace): string {
  if (trace.kind === 'not') return 'Not'
  return trace.kind === 'or' ? 'At least one of' : 'All of'
}

function Condition({ trace, origins }: { trace: ConditionTrace; origins: ReadonlyMap<string, string> }) {
  const { icon: Mark, word } = MARKS[trace.verdict]
  const group = isGroup(trace)
  return (
    <li className={classes.condition} data-verdict={trace.verdict}>
      <span className={classes.mark}>
        <Mark size={14} stroke={2.2} aria-hidden />
        <span className="visually-hidden">{word}: </span>
      </span>
      {group ? (
        <div className={classes.group}>
          <span className={classes.words}>{groupWords(trace)}</span>
          <ConditionList traces={trace.children} origins={origins} />
        </div>
      ) : (
        <>
          <span className={classes.text} title={trace.text.length > 120 ? trace.text : undefined}>
            <Mono>{trace.text}</Mono>
          </span>
          <span className={classes.saw}>
            {fieldsOf(trace).map(({ field, value }) =>
              value === undefined || value === null ? (
                <span key={field} className={classes.absent}>
                  no value
                </span>
              ) : (
                <span key={field} className={classes.value}>
                  <Mono>{maskSecrets(valueText(value))}</Mono>
                  {origins.has(field) && <FilledIn origin={origins.get(field) ?? ''} />}
                </span>
              ),
            )}
            {trace.decidedBy !== null && (
              <span className={classes.by}>
                by <Mono>{trace.decidedBy}</Mono>
              </span>
            )}
          </span>
        </>
      )}
    </li>
  )
}

const NO_ORIGINS: ReadonlyMap<string, string> = new Map()

/** Conditions one below the other, each with what it saw (`origins` of what the record itself does not say) and how it went. */
export function ConditionList({ traces, origins = NO_ORIGINS }: { traces: readonly ConditionTrace[]; origins?: ReadonlyMap<string, string> }) {
  return (
    <ul className={classes.list}>
      {traces.map((trace) => (
        <Condition key={`${trace.span.start} ${trace.text}`} trace={trace} origins={origins} />
      ))}
    </ul>
  )
}
