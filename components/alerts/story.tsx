import { IconArrowUpRight, IconFile, IconGitFork, IconPlayerPlay, IconPlayerStop, IconPoint } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { FactList } from '@/components/alerts/fact-list'
import { ImdsRequest } from '@/components/alerts/imds-request'
import { recordFacts } from '@/components/alerts/record-facts'
import { CommandLine } from '@/components/ui/command-line/command-line'
import { Duration } from '@/components/ui/duration'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { Timestamp } from '@/components/ui/timestamp'
import type { AlertDetail, AlertEvent, AlertEventRole } from '@/lib/alerts/schema'
import { readText, readTexts } from '@/lib/ecs/event'
import classes from './story.module.css'

/** What the story tells of an alert; the records as they were ingested stay on the server. */
export type StoryAlert = Pick<AlertDetail, 'imds' | 'keys' | 'kinship' | 'missingEvents' | 'reason' | 'hostName' | 'processName' | 'parentExecutable' | 'userName' | 'occurredAt'> & {
  readonly events: readonly Omit<AlertEvent, 'raw'>[]
}

const ROLES: Readonly<Record<AlertEventRole, { readonly word: string; readonly icon: Icon }>> = {
  exec: { word: 'Exec', icon: IconPlayerPlay },
  fork: { word: 'Fork', icon: IconGitFork },
  end: { word: 'End', icon: IconPlayerStop },
  network: { word: 'Network', icon: IconArrowUpRight },
  process: { word: 'Process', icon: IconPoint },
  file: { word: 'File', icon: IconFile },
  other: { word: 'Event', icon: IconPoint },
}

const KINSHIP: Readonly<Record<Kinship, { readonly word: string; readonly meaning: string }>> = {
  same_process: { word: 'Same process', meaning: 'The program that was executed is the one that connected.' },
  siblings: { word: 'Siblings', meaning: 'Two children of one parent: the program that was executed is not the one that connected.' },
  child: { word: 'Child', meaning: 'The first started the second.' },
  unknown: { word: 'Kinship unknown', meaning: 'The records do not tell whether both are of one process.' },
}

const NETWORK_VERBS: Readonly<Record<string, string>> = { connection_accepted: 'accepted a connection at', disconnect_received: 'ended its connection to' }

type Kinship = AlertDetail['kinship'] | 'child'

/** How one record stands to the one before it. Where their own words do not tell, the alert's do. */
function kinshipBetween(before: StoryAlert['events'][number], after: StoryAlert['events'][number], ofAlert: AlertDetail['kinship']): Kinship {
  const entity = readText(after.event, 'process.entity_id')
  const other = readText(before.event, 'process.entity_id')
  if (entity === undefined || other === undefined) return ofAlert
  if (entity === other) return 'same_process'
  const parent = readText(after.event, 'process.parent.entity_id')
  if (parent === other) return 'child'
  return parent !== undefined && parent === readText(before.event, 'process.parent.entity_id') ? 'siblings' : ofAlert
}

function headline({ event, role }: StoryAlert['events'][number]): string {
  const name = readText(event, 'process.name') ?? readText(event, 'process.executable') ?? 'A process'
  if (role === 'network') {
    const ip = readText(event, 'destination.ip') ?? readText(event, 'destination.address') ?? 'an unknown address'
    const port = readText(event, 'destination.port')
    const verb = NETWORK_VERBS[readText(event, 'event.action') ?? ''] ?? 'connected to'
    return `${name} ${verb} ${ip.includes(':') ? `[${ip}]` : ip}${port === undefined ? '' : `:${port}`}`
  }
  const parent = readText(event, 'process.parent.name')
  if (role === 'exec') return parent === undefined ? `${name} was executed` : `${parent} executed ${name}`
  return `${name}: ${readText(event, 'event.action') ?? role}`
}

function Record({ record, before }: { record: StoryAlert['events'][number]; before: StoryAlert['events'][number] | undefined }) {
  const { word, icon: Mark } = ROLES[record.role]
  const line = readText(record.event, 'process.command_line')
  const repeats = before !== undefined && line === readText(before.event, 'process.command_line')
  const known = new Map((before ? recordFacts(before) : []).map(({ field, value }) => [field, value]))
  const facts = recordFacts(record)
  // What the record before has said in the same words is named, not said again.
  const news = facts.filter(({ field, value }) => known.get(field) !== value)
  const same = [...(repeats ? ['command line'] : []), ...facts.filter((fact) => !news.includes(fact)).map(({ label }) => label.toLowerCase())]
  const args = readTexts(record.event, 'process.args')
  const at = readText(record.event, '@timestamp') ?? record.timestamp
  return (
    <li className={classes.record} data-role={record.role}>
      <span className={classes.mark} aria-hidden="true">
        <Mark size={15} stroke={1.9} />
      </span>
      <article className={classes.card} aria-label={`${word} record`}>
        <header className={classes.head}>
          <span className={classes.role}>{word}</span>
          <h3 className={classes.headline}>{visibleText(headline(record))}</h3>
          <span className={classes.when}>
            <Timestamp value={at} show="time" />
          </span>
        </header>
        {line !== undefined && !repeats && <CommandLine text={line} args={args.length > 0 ? args : undefined} label={`Command line of the ${word.toLowerCase()} record`} />}
        <FactList facts={news} />
        {same.length > 0 && before && (
          <p className={classes.repeats}>
            As in the {ROLES[before.role].word.toLowerCase()} record: {same.join(', ')}.
          </p>
        )}
      </article>
    </li>
  )
}

/** Time and kinship between one record and the next. */
function Between({ ms, children }: { ms: number; children?: React.ReactNode }) {
  return (
    <li className={classes.between}>
      <span className={classes.delta}>
        <Duration ms={ms} sign />
      </span>
      {children}
    </li>
  )
}

/** What is left of an alert none of whose records is stored: what it said of them when it was raised. */
function Told({ alert }: { alert: StoryAlert }) {
  const facts = [
    ['host.name', alert.hostName],
    ['process.name', alert.processName],
    ['process.parent.executable', alert.parentExecutable],
    ['user.name', alert.userName],
  ] as const
  return (
    <section className={classes.keys} aria-label="What the alert said of its records">
      <h3>What it said of its records</h3>
      <p>
        {visibleText(alert.reason)}, <Timestamp value={alert.occurredAt} />
      </p>
      <dl>
        {facts.flatMap(([field, value]) =>
          value === null
            ? []
            : [
                <div key={field}>
                  <dt>{field}</dt>
                  <dd>
                    <Mono>{value}</Mono>
                  </dd>
                </div>,
              ],
        )}
      </dl>
    </section>
  )
}

/** What the alert is made of: what was asked, then each linked record in order, with the time and the keys between them. */
export function Story({ alert }: { alert: StoryAlert }) {
  const { events, imds, kinship, keys } = alert
  return (
    <div className={classes.story}>
      {imds && (
        <section aria-label="What was asked of the metadata service">
          <ImdsRequest facts={imds} />
        </section>
      )}
      {events.length === 0 && <Told alert={alert} />}
      <ol className={classes.line} aria-label="Linked records in order" hidden={events.length === 0}>
        {events.flatMap((record, i) => {
          const before = events[i - 1]
          const between = before ? kinshipBetween(before, record, kinship) : kinship
          return [
            ...(before
              ? [
                  <Between key={`between ${record.position}`} ms={record.deltaMs - before.deltaMs}>
                    <span className={classes.kinship} data-kinship={between} title={KINSHIP[between].meaning}>
                      {KINSHIP[between].word}
                    </span>
                    <span className={classes.meaning}>{KINSHIP[between].meaning}</span>
                  </Between>,
                ]
              : []),
            <Record key={record.position} record={record} before={before} />,
          ]
        })}
      </ol>
      {alert.missingEvents > 0 && events.length > 0 && (
        <p className={classes.missing}>
          {alert.missingEvents === 1 ? 'One linked record is' : `${alert.missingEvents} linked records are`} no longer stored.
        </p>
      )}
      {Object.keys(keys).length > 0 && (
        <section className={classes.keys} aria-label="Join keys">
          <h3>Joined by</h3>
          <dl>
            {Object.entries(keys).map(([field, value]) => (
              <div key={field}>
                <dt>{field}</dt>
                <dd>
                  <Mono>{typeof value === 'string' ? value : JSON.stringify(value)}</Mono>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  )
}
