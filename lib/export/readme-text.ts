import { alertRef } from '@/lib/alerts/schema'
import { caseRef, tlpLabel } from '@/lib/cases/schema'
import { IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import { leftOut } from './left-out'
import type { ExportModel } from './model'
import { visibleText } from '@/lib/text/visible-text'

/** What a reader may have to revoke, before anything else. */
function rolesText({ roles }: ExportModel): string {
  if (roles.length === 0) return ''
  const lines = roles.map(({ role, provider, alertIds, hosts }) => {
    const where = provider === null ? '' : ` (${IMDS_PROVIDER_LABELS[provider]})`
    return `  - ${visibleText(role)}${where}: ${alertIds.map(alertRef).join(', ')} on ${hosts.map((host) => visibleText(host)).join(', ')}`
  })
  return `Roles whose credentials were asked for

${lines.join('\n')}


`
}

/** README.txt: what the files are and how anyone checks them, with and without this program. */
export function readmeText(model: ExportModel): string {
  return `${caseRef(model.case.id)}  ${visibleText(model.case.title)}
${tlpLabel(model.case.tlp)}

Exported by ${model.exporter.name} ${model.exporter.version}. State of the data: ${model.asOf} (the newest change in it).


${rolesText(model)}How to verify

  In this folder:           sha256sum -c manifest.sha256
  On a Mac:                 shasum -a 256 -c manifest.sha256
  The ZIP as a whole:       linklocal case verify FILE.zip
                            (also names what was added, renamed, hidden or packed anew; unpacks nothing)

  These checks tell that the files are those that the manifest lists. Whether it is the manifest that was exported, only
  its own digest tells: the audit log of the console has it for every export (action case.export). Compare it with
                            sha256sum manifest.json
  or hand it over:          linklocal case verify FILE.zip --expect DIGEST

  A single record:          sed -n 3p events.jsonl | tr -d '\\n' | sha256sum
                            and look for the digest in events_index.jsonl (line 3).

  The case exported again without a change gives the same manifest, and with the same version of Node.js the same ZIP, byte
  for byte. For that reason all files bear the date 1980-01-01.


What is in here

  report.html             the report for people: one file, no scripts, nothing is loaded from elsewhere
  case.json               the case: title, description, status, severity, TLP, the roles whose credentials were asked for
  alerts.jsonl            one alert a line: rule and its version, join keys, verdict, linked records
  events.jsonl            the linked records exactly as they were ingested, one a line, oldest first
  events/                 linked records that are not one line of UTF-8, each as it was ingested, named by its sha256
  events_index.jsonl      for each record: file and line, sha256, and the alerts that link it
  process_trees.json      the process tree of each host; process_trees.txt is the same for reading
  timeline.jsonl          records, detections, decisions and notes in the order of their time
  checklists.json         each alert's checklist: what was asked, what was answered, by whom and when
  notes.json              the notes of the case
  exceptions.json         the exceptions of the rules involved
  rules/                  the rules as they were when they raised the alerts
  audit_log.jsonl         who did what to the case, its alerts and these exceptions
  manifest.json           every file with size and sha256
  manifest.sha256         the same for sha256sum
  zip.sha256              the sha256 of each file as it is packed in the ZIP; of use to linklocal case verify alone

  All times are UTC. JSON files are UTF-8; lines end with LF.


What is not in here

${leftOut(model)
  .map((sentence) => `  - ${sentence}`)
  .join('\n')}
`
}
