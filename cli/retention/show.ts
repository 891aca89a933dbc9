import { withContext } from '@/cli/alerts/open-context'
import { printable } from '@/lib/text/printable'
import type { RetentionJson } from '@/cli/retention'
import { listRetentionRuns, readRetention } from '@/lib/retention/queries'
import { PART_LABELS } from '@/lib/retention/schema'
import { policyJson, policyText, runJson, runText, sizeText } from './text'

/** `linklocal retention show`. */
export async function showCommand(options: RetentionJson): Promise<void> {
  await withContext(async (context) => {
    const state = await readRetention(context, { measure: 'always' })
    const runs = await listRetentionRuns(context, 10)
    if (options.json) {
      const shown = {
        policy: { ...policyJson(state.policy), paused: state.paused, updated_by: state.updatedBy, updated_at: state.updatedAt },
        checked_at: state.checkedAt,
        bytes_on_disk: state.bytesOnDisk,
        bytes_in_use: state.bytesInUse,
        bytes_free: state.bytesFree,
        parts: Object.fromEntries((state.parts ?? []).map(({ part, bytes }) => [part, bytes])),
        events: state.events,
        removed: state.removed,
        alerts: state.alerts,
        alerts_without_records: state.alertsWithoutRecords,
        oldest_received_at: state.oldestReceivedAt,
        shrinks: state.shrinks,
        runs: runs.map(runJson),
      }
      process.stdout.write(`${JSON.stringify(shown)}\n`)
      return
    }
    const facts: [string, string][] = [
      ['policy', policyText(state.policy)],
      ...(state.paused === null ? [] : [['paused', state.paused] satisfies [string, string]]),
      ['on the disk', `${sizeText(state.bytesOnDisk)}, ${sizeText(state.bytesFree)} of it free for what comes next`],
      ['in use', sizeText(state.bytesInUse)],
      ...(state.parts ?? []).map(({ part, bytes }): [string, string] => ['', `${sizeText(bytes).padStart(10)}  ${PART_LABELS[part].toLowerCase()}`]),
      ['events', `${state.events.toLocaleString('en')}, ${state.removed.toLocaleString('en')} deleted so far`],
      ['alerts', `${state.alerts.toLocaleString('en')}, ${state.alertsWithoutRecords.toLocaleString('en')} without their records`],
      ['oldest received', state.oldestReceivedAt ?? 'none'],
      ['last looked', state.checkedAt ?? 'never'],
    ]
    const lines = [...facts.map(([name, value]) => `${name.padEnd(16)} ${printable(value)}`), ...(runs.length === 0 ? [] : ['', ...runs.map((run) => printable(runText(run)))])]
    if (!state.shrinks) lines.push('', 'Free pages stay in the file until linklocal retention compact was run once: an early version made it.')
    process.stdout.write(`${lines.join('\n')}\n`)
  })
}
