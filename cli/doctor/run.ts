import { printable } from '@/lib/text/printable'
import type { DoctorOptions } from '@/cli/doctor'
import { EXIT } from '@/cli/failure'
import { policyText } from '@/cli/retention/text'
import { readEnv } from '@/lib/env'
import { inspect, type Report } from './inspect'

const MIB = 1024 * 1024

function mib(bytes: number): string {
  return `${(bytes / MIB).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`
}

/** The report for a person: one fact a line, what is wrong at the end. */
export function reportText(report: Report): string {
  const { runtime, database, disk, migrations, counts, queues, events, imports, retention } = report
  const facts: [string, string][] = [
    ['runtime', `Node ${runtime.node}, ${runtime.path}`],
    ['database', `${database.path}, ${mib(database.bytes)}`],
    ...(report.read_only ? [['access', 'read-only: it can be read and exported, and nothing taken in'] satisfies [string, string]] : []),
    ['write-ahead log', mib(database.wal_bytes)],
    ['integrity', database.integrity],
    ['disk', `${mib(disk.free_bytes)} free of ${mib(disk.total_bytes)}`],
    ['migrations', `${migrations.applied.length} applied, ${migrations.pending.length} pending`],
  ]
  if (events) facts.push(['oldest event', events.oldest ?? 'none'], ['newest event', events.newest ?? 'none'])
  if (imports) facts.push(['imports', `${imports.running} running, ${imports.ended_early} ended early, last ${imports.last ?? 'never'}`])
  if (retention) {
    const policy = policyText({ maxAgeDays: retention.max_age_days, maxBytes: retention.max_bytes })
    facts.push(['retention', `${policy}${retention.paused === null ? '' : ' (paused)'}; ${retention.removed.toLocaleString('en')} events deleted so far`])
  }
  for (const { name, waiting, set_aside: aside } of queues) if (waiting + aside > 0) facts.push([name.replaceAll('_', ' '), `${waiting.toLocaleString('en')} waiting, ${aside.toLocaleString('en')} set aside`])
  for (const [name, count] of Object.entries(counts ?? {})) facts.push([name.replaceAll('_', ' '), count.toLocaleString('en')])
  const lines = facts.map(([name, value]) => `${name.padEnd(16)} ${printable(value)}`)
  const verdict = report.ok ? ['Nothing is wrong.'] : report.problems.map((problem) => `PROBLEM: ${printable(problem)}`)
  const advice = report.advice.map((sentence) => `ADVICE: ${printable(sentence)}`)
  return `${[...lines, '', ...verdict, ...advice].join('\n')}\n`
}

/** `linklocal doctor`: prints the report and answers the exit code. */
export function doctorCommand(options: DoctorOptions): number {
  const { dataDir, root } = readEnv()
  const report = inspect(dataDir, root, options)
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report))
  return report.ok ? EXIT.done : EXIT.failed
}
