import Sqlite from 'better-sqlite3'
import { databasePath } from '@/lib/db/open'
import { QUEUES } from '@/lib/detect/work-queue'
import { linklocal } from './command'
import { markerState } from './markers'
import type { MarkerState } from './markers'

/** Takes down what is wrong: a sentence. */
export type Report = (what: string) => void

const STACK = /^\s+at (?:async )?(?:[\w.<>#]+ \(|file:|node:|\/)|\b(?:TypeError|RangeError|ReferenceError|SyntaxError): |SQLITE_|unhandled/im

/** What a process wrote for people: no traces of our own code. */
export function checkOutput(output: string, report: Report): void {
  const found = STACK.exec(output)
  if (found) report(`a trace in the output: ${JSON.stringify(output.slice(Math.max(0, found.index - 300), found.index + 700))}`)
}

/** Of a data directory at rest: sound, nothing left to do, what was counted is there, the markers as they are alone. */
export async function checkStored(dataDir: string, alone: MarkerState, report: Report): Promise<void> {
  const doctor = await linklocal(['doctor', '--json'], dataDir)
  checkOutput(doctor.stderr, report)
  if (doctor.code !== 0) report(`doctor: exit ${doctor.code}: ${(/"problems":\s*\[[^\]]*\]/.exec(doctor.stdout)?.[0] ?? doctor.stdout + doctor.stderr).slice(0, 1_500)}`)
  const db = new Sqlite(databasePath(dataDir), { readonly: true, timeout: 10_000 })
  try {
    for (const { table } of Object.values(QUEUES)) {
      const waiting = db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
      if (waiting > 0) report(`${waiting} rows left in ${table}`)
    }
    const state = markerState(db)
    if (state.events !== alone.events) report(`${state.events} marker events stored, not ${alone.events}`)
    const more = state.alerts.filter((alert) => !alone.alerts.includes(alert))
    const missing = alone.alerts.filter((alert) => !state.alerts.includes(alert))
    if (more.length + missing.length > 0) report(`alerts of the markers: ${more.length} more than alone, ${missing.length} missing: ${JSON.stringify([...more, ...missing].slice(0, 4))}`)
    const { events, counted } = db.prepare<[], { events: number; counted: number }>('SELECT (SELECT count(*) FROM event) AS events, (SELECT sum(stored) FROM import) AS counted').get() ?? { events: 0, counted: 0 }
    const fault = db.prepare<[], string>("SELECT reason FROM rejected_record WHERE code = 'fault' LIMIT 1").pluck().get()
    if (fault !== undefined) report(`a record could not be read: ${fault}`)
    if (events !== counted) report(`${events} events, and imports that stored ${counted}`)
  } finally {
    db.close()
  }
}

/** Whether anything waits for the storing thread. */
export function isAtRest(dataDir: string): boolean {
  const db = new Sqlite(databasePath(dataDir), { readonly: true, timeout: 10_000 })
  try {
    return Object.values(QUEUES).every(({ table }) => db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined)
  } finally {
    db.close()
  }
}
