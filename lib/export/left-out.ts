import { READING_FILES } from './for-reading'
import type { ExportModel } from './model'

const list = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

/** What an export does not hold, and why, in sentences: shown before it is made, and written into it. */
export function leftOut(model: ExportModel): readonly string[] {
  const known = new Set(model.records.map((record) => record.eventId))
  const missing = new Set(model.alerts.flatMap((alert) => alert.links.map((link) => link.eventId)).filter((id) => !known.has(id))).size
  const truncated = model.trees.filter((tree) => tree.tree.truncated.length > 0).length
  const sentences = [
    model.secrets === 'masked'
      ? `Secrets in command lines, headers and notes are masked in ${list(READING_FILES)}. In all other files everything stands as it was recorded, secrets included.`
      : 'Nothing is masked: command lines, user names and host names stand as they were recorded, secrets in them included.',
    'Records that no alert links are not included; the process trees tell of some of them.',
    'Who exported the case, and when, is in the audit log of the console, not in here, so that an unchanged case gives the same bytes again.',
    'Counters that move with new events (how often an exception held something back) are left out for the same reason.',
  ]
  const removed = model.alerts.filter((alert) => alert.recordsRemovedAt !== null && alert.links.some((link) => !known.has(link.eventId)))
  if (missing > 0) sentences.unshift(`${missing} linked ${missing === 1 ? 'record is' : 'records are'} no longer stored and could not be included.`)
  if (removed.length > 0) {
    sentences.splice(
      1,
      0,
      `Of ${removed.length === 1 ? 'one alert' : `${removed.length} alerts`} retention deleted records before ${removed.length === 1 ? 'it' : 'they'} came into the case; alerts.jsonl says of which, and when.`,
    )
  }
  if (truncated > 0) sentences.unshift(`${truncated} of ${model.trees.length} process trees are cut; each says where.`)
  if (model.alerts.length === 0) sentences.unshift('The case has no alerts, so there is no evidence in it.')
  return sentences
}
