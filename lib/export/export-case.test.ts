import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addNote } from '@/lib/cases/add-note'
import { createCase } from '@/lib/cases/create-case'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { updateCase } from '@/lib/cases/update-case'
import { execEvent, forkEvent, imdsPair, networkEvent, testHost } from '@/lib/ecs/testing'
import { isAppError } from '@/lib/errors'
import { sha256 } from './build-manifest'
import { prepareExport, recordExport } from './export-case'
import { collect, rezip, unzip } from './testing'
import { verifyZip } from './verify-zip'

const NASTY = `<script>alert(1)</script>"'\`&amp;</pre></style></title><!-- --> \u202egnp.exe\u0000\u001b[31m\u200b\ud800 ${'x'.repeat(50)}`

let seeded: SeededStore
let caseId = 0
let entries: ReadonlyMap<string, Buffer> = new Map()
let zip: Buffer = Buffer.alloc(0)

const exported = async (id: number) => collect((await prepareExport(seeded.context, id)).open())
const read = (name: string) => entries.get(name) ?? Buffer.from('')
const lines = (name: string) =>
  read(name)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const host = testHost()
const bash = { pid: 4700, name: 'bash', executable: '/usr/bin/bash', entityId: 'parent-bash' }
const PAIR = imdsPair({ host, parent: bash, args: ['curl', '-s', 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'] })
const ROLE_PATH = '/latest/meta-data/iam/security-credentials/web-\u202eprod-role'
// As a source may write it: indented, with CRLF.
const PRETTY = JSON.stringify(execEvent({ host, pid: 6000, name: 'python3', parent: bash }), null, 2).replaceAll('\n', '\r\n')
const SPACED = JSON.stringify(networkEvent({ host, pid: 6000, parent: bash, id: 'second-net' })).replace('{', '{  "später": "ü\u2028", ')

beforeAll(async () => {
  seeded = seedStore()
  seeded.addEvent(JSON.stringify(execEvent({ host, pid: 4700, name: 'bash', entityId: 'parent-bash', parent: { entityId: 'sshd', name: 'sshd', pid: 900 } })))
  seeded.addEvent(JSON.stringify(forkEvent({ host, pid: 6001, parent: bash, at: Date.UTC(2026, 10, 3, 10, 0, 2) })))
  const first = seeded.addAlert(PAIR, {
    imds_provider: 'aws',
    imds_host: '169.254.169.254',
    imds_path: ROLE_PATH,
    imds_path_class: 'credentials',
    imds_role: 'web-\u202eprod-role',
    imds_version: 'v1',
  })
  const second = seeded.addAlert([PRETTY, SPACED])
  caseId = (await createCase(seeded.context, { title: 'Credentials read on web-01', description: 'First look.\nTwo alerts.', alertIds: [first, second] })).id
  await addNote(seeded.context, { caseId, body: 'Asked the owner.' })
  zip = await exported(caseId)
  entries = new Map((await unzip(zip)).map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes]))
}, 240_000)
afterAll(() => seeded.close())

test('the export holds what it says, and verifies', async () => {
  const report = await verifyZip(zip)
  expect(report.problems).toEqual([])
  expect(report.manifest).toMatchObject({ case_id: 'C-1', created_at: '2026-11-21T19:00:00.000Z', tlp: 'TLP:AMBER', counts: { alerts: 2, records: 4, notes: 1, hosts: 1, rules: 1 } })
  expect([...entries.keys()].filter((name) => !/^(events|rules)\//.test(name))).toEqual([
    'README.txt',
    'alerts.jsonl',
    'audit_log.jsonl',
    'case.json',
    'checklists.json',
    'events.jsonl',
    'events_index.jsonl',
    'exceptions.json',
    'notes.json',
    'process_trees.json',
    'process_trees.txt',
    'report.html',
    'timeline.jsonl',
    'manifest.json',
    'manifest.sha256',
    'zip.sha256',
  ])
})

test('the records are byte for byte those that were ingested', () => {
  expect(read('events.jsonl').toString('utf8').split('\n')).toEqual([JSON.stringify(PAIR[0]), JSON.stringify(PAIR[1]), SPACED, ''])
  expect(read(`events/${sha256(PRETTY)}.json`).toString('utf8')).toBe(PRETTY)
  const all = read('events.jsonl').toString('utf8').split('\n')
  const index = lines('events_index.jsonl')
  expect(index).toHaveLength(4)
  for (const row of index) {
    const bytes = row['line'] === null ? read(String(row['file'])) : Buffer.from(all[Number(row['line']) - 1] ?? '')
    expect(sha256(bytes)).toBe(row['sha256'])
  }
  expect(index.map((row) => row['alerts'])).toContainEqual([{ alert: 'A-1', role: 'exec', stage: 0, position: 0 }])
})

test('an alert names its records, its keys and its rule as it was', () => {
  const [alert] = lines('alerts.jsonl')
  expect(alert).toMatchObject({
    id: 'A-1',
    rule_name: 'Unusual Instance Metadata Service (IMDS) API Request',
    verdict: null,
    kinship: 'same_process',
    keys: { 'host.id': host.id, 'process.parent.entity_id': 'parent-bash' },
    events: [
      { position: 0, role: 'exec', stage: 0, delta_ms: 0, file: 'events.jsonl', line: 1 },
      { position: 1, role: 'network', stage: 1, delta_ms: 410, file: 'events.jsonl', line: 2 },
    ],
  })
  expect(sha256(read(String(alert?.['rule_file'])))).toBe(alert?.['rule_sha256'])
})

test('what was asked of the metadata service stands in the alert, in the case and in front of the reader', () => {
  const [asking, other] = lines('alerts.jsonl')
  const role = 'web-\u202eprod-role'
  expect(asking?.['imds']).toEqual({ provider: 'aws', host: '169.254.169.254', path: ROLE_PATH, path_class: 'credentials', role, version: 'v1' })
  expect(other?.['imds']).toBeNull()
  expect(JSON.parse(read('case.json').toString('utf8'))).toMatchObject({ roles_asked_for: [{ role, provider: 'aws', alerts: ['A-1'], hosts: ['web-01'] }] })
  expect(read('README.txt').toString('utf8')).toContain('Roles whose credentials were asked for\n\n  - web-⟨U+202E⟩prod-role (AWS): A-1 on web-01\n')
  const report = read('report.html').toString('utf8')
  expect(report).toContain('Credentials were asked for of 1 role: web-<span class="hidden-character">U+202E</span>prod-role.')
  expect(report).toMatch(/<dt>Asked for<\/dt><dd>Credentials of <code.*?, AWS, IMDSv1: <code>/)
  expect(read('process_trees.json').toString('utf8')).toContain('the credentials of web-')
})

test('the process tree shows what stood around the alerts', () => {
  const text = read('process_trees.txt').toString('utf8')
  expect(text).toContain('Host web-01')
  expect(text).toMatch(/sshd {2}\(pid 900, not recorded itself\)\n└─ bash .*\n {3}├─ \* curl -s http:\S+ .*\[A-1\]\n {3}│ {2} {3}· connects to 169\.254\.169\.254:80/)
  expect(text).toContain('python3')
})

test('exporting again gives the same bytes, also after an export was recorded', async () => {
  const prepared = await prepareExport(seeded.context, caseId)
  await recordExport(seeded.context, prepared)
  seeded.setTime('2026-11-22T08:00:00.000Z')
  const again = await exported(caseId)
  expect(again.equals(zip)).toBe(true)
  expect(prepared.preview).toMatchObject({ fileName: 'case-1_2026-11-21T190000Z.zip', zipSha256: sha256(zip), zipBytes: zip.length })
  const row = await seeded.context.db.audit.findFirstOrThrow({ where: { action: 'case.export' } })
  expect(row).toMatchObject({ actor: 'local analyst', entityType: 'case', entityId: 'C-1' })
  expect(JSON.parse(row.detail)).toMatchObject({ zip_sha256: sha256(zip), manifest_sha256: sha256(read('manifest.json')), tlp: 'amber' })
})

test('the same zone or another: the bytes do not depend on the clock of the machine', async () => {
  const before = process.env['TZ']
  process.env['TZ'] = 'Pacific/Kiritimati'
  try {
    expect((await exported(caseId)).equals(zip)).toBe(true)
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
})

test('flipping a byte of any file, or taking any away, is named', async () => {
  const all = await unzip(zip)
  for (const [name, bytes] of all) {
    const flipped = Buffer.from(bytes)
    flipped[0]! ^= 1
    const rest = all.filter(([other]) => other !== name)
    const named = name.slice(name.indexOf('/') + 1)
    // In the list of how files are packed, the first byte is of the first file's digest.
    expect((await verifyZip(await rezip([...rest, [name, flipped]]))).problems.map((problem) => problem.path)).toContain(named === 'zip.sha256' ? 'README.txt' : named)
    expect((await verifyZip(await rezip(rest))).problems.map((problem) => `${problem.kind} ${problem.path}`)).toContain(`missing ${named}`)
  }
})

const hasSha256sum = spawnSync('sha256sum', ['--version']).status === 0
test.skipIf(!hasSha256sum)('sha256sum itself agrees, and notices a change', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'linklocal-sums-'))
  try {
    for (const [name, bytes] of entries) {
      mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
      writeFileSync(path.join(dir, name), bytes)
    }
    const check = () => spawnSync('sha256sum', ['--strict', '-c', 'manifest.sha256'], { cwd: dir, encoding: 'utf8' })
    const good = check()
    expect(good.stderr).toBe('')
    expect(good.stdout.split('\n').filter((line) => line.endsWith(': OK'))).toHaveLength(entries.size - 2)
    writeFileSync(path.join(dir, 'case.json'), '{}')
    expect(check().stdout).toContain('case.json: FAILED')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('text that attacks the report stays text', async () => {
  const event = execEvent({
    host: testHost({ name: NASTY }),
    pid: 7000,
    name: NASTY,
    executable: `/tmp/${NASTY}`,
    commandLine: NASTY,
    workingDirectory: NASTY,
    user: NASTY,
    parent: { name: NASTY, executable: NASTY, entityId: NASTY },
    fields: { 'event.id': NASTY, 'destination.ip': NASTY, 'destination.port': 80, 'network.transport': NASTY, 'event.action': NASTY },
  })
  const alert = seeded.addAlert([event], { reason: NASTY, assignee: NASTY, host_name: NASTY, imds_host: NASTY, imds_path: NASTY, imds_path_class: 'credentials', imds_role: NASTY })
  const { id } = await createCase(seeded.context, { title: NASTY.slice(0, 150), description: NASTY, alertIds: [alert] })
  await addNote(seeded.context, { caseId: id, body: NASTY })
  await updateCase(seeded.context, { caseId: id, version: 1, title: `${NASTY.slice(0, 120)}!`, tlp: 'red' })
  seeded.store.writer
    .prepare('INSERT INTO checklist_item (alert_id, item_key, state, note, actor, at) VALUES (?, ?, ?, ?, ?, 0)')
    .run(alert, 'investigation-00000000', 'done', NASTY, NASTY)
  seeded.store.writer
    .prepare("INSERT INTO alert_history (alert_id, at, actor, kind, text, detail) VALUES (?, 1, ?, 'status', ?, ?)")
    .run(alert, NASTY, NASTY, JSON.stringify({ x: NASTY }))
  seeded.store.writer
    .prepare("INSERT INTO exception (name, reason, rule_id, entries, created_by, created_at, updated_by, updated_at, alert_id) VALUES (?, ?, NULL, ?, ?, 0, ?, 0, ?)")
    .run(NASTY, NASTY, JSON.stringify([{ type: 'match', field: NASTY, operator: 'included', value: NASTY, case_insensitive: false }]), NASTY, NASTY, alert)
  const hostile = await exported(id)
  expect((await verifyZip(hostile)).problems).toEqual([])
  const report = (await unzip(hostile)).find(([name]) => name.endsWith('/report.html'))?.[1].toString('utf8') ?? ''
  expect(report.length).toBeGreaterThan(5000)
  // Every tag is one of ours, and none has an attribute of theirs.
  const tags = new Set([...report.matchAll(/<\/?([a-z0-9!-]+)/gi)].map((match) => match[1]?.toLowerCase()))
  const ours = ['!doctype', 'html', 'head', 'meta', 'title', 'style', 'body', 'header', 'main', 'div', 'b', 'span', 'h1', 'h2', 'h3', 'h4', 'dl', 'dt', 'dd', 'p', 'nav', 'ol', 'ul', 'li', 'a', 'section', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'pre', 'figure', 'figcaption', 'svg', 'desc', 'line', 'text', 'circle', 'path', 'rect', 'footer']
  expect([...tags].filter((tag) => !ours.includes(tag ?? ''))).toEqual([])
  expect(report.match(/<\/style>|<\/title>|<style>/g)).toHaveLength(2 + 2 + report.split('<title>').length - 2)
  expect(report).not.toMatch(/<[^>]*\son\w+=|javascript:|<[^>]*(?:src|href)="(?!#)/i)
  expect(report).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  // oxlint-disable-next-line no-control-regex
  expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
  expect(report).toContain('<span class="hidden-character">U+202E</span>')
  expect(report).toContain('TLP:RED')
})

test('an empty case exports, and says that it is empty', async () => {
  const { id } = await createCase(seeded.context, { title: 'Empty' })
  const prepared = await prepareExport(seeded.context, id)
  expect((await verifyZip(await collect(prepared.open()))).problems).toEqual([])
  expect(prepared.preview.leftOut[0]).toBe('The case has no alerts, so there is no evidence in it.')
})

test('a record that is no longer stored is said to be missing', async () => {
  const alert = seeded.addAlert(imdsPair({ host, pid: 8000, parent: bash, id: 'gone' }))
  seeded.store.writer.prepare('UPDATE alert_event SET event_id = 999999 WHERE alert_id = ? AND position = 0').run(alert)
  const { id } = await createCase(seeded.context, { title: 'Gone', alertIds: [alert] })
  const prepared = await prepareExport(seeded.context, id)
  expect(prepared.preview.leftOut[0]).toBe('1 linked record is no longer stored and could not be included.')
  expect((await verifyZip(await collect(prepared.open()))).problems).toEqual([])
})

test('a case that is not there is refused', async () => {
  await expect(prepareExport(seeded.context, 999)).rejects.toSatisfy((error) => isAppError(error) && error.code === 'not_found')
})

test('secrets are masked where people read, stand exactly in the records, and are shown for a reason', async () => {
  const token = `AQAEA${'x1y2z3'.repeat(6)}==`
  const line = `curl -H "X-aws-ec2-metadata-token: ${token}" -u ann:hunter2 http://169.254.169.254/latest/meta-data/`
  const event = execEvent({ host: testHost({ name: 'web-7' }), pid: 8000, name: 'curl', commandLine: line, args: ['curl', '-u', 'ann:hunter2'] })
  const alert = seeded.addAlert([event])
  const { id } = await createCase(seeded.context, { title: 'Secrets', description: '**Bold** and `PGPASSWORD=hunter2`', alertIds: [alert] })
  await addNote(seeded.context, { caseId: id, body: '- one\n- [run](https://wiki.example/x) <b>raw</b> ![p](https://evil.example/p.gif)' })

  const masked = await prepareExport(seeded.context, id)
  const files = new Map((await unzip(await collect(masked.open()))).map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes.toString('utf8')]))
  for (const name of ['report.html', 'timeline.jsonl', 'process_trees.txt']) {
    expect(files.get(name)).not.toContain(token)
    expect(files.get(name)).not.toContain('hunter2')
  }
  expect(files.get('events.jsonl')).toContain(JSON.stringify(line).slice(1, -1))
  expect(masked.preview.secretFiles).toContain('events.jsonl')
  expect(masked.preview.secretFiles).not.toContain('report.html')
  expect(masked.preview.leftOut.join(' ')).toContain('are masked in report.html')
  expect(JSON.parse(files.get('manifest.json') ?? '')).toMatchObject({ redactions: ['secrets are masked in report.html, timeline.jsonl, process_trees.txt'] })

  const report = files.get('report.html') ?? ''
  expect(report).toContain('<strong>Bold</strong> and <code>PGPASSWORD=••••••••</code>')
  expect(report).toContain('<ul><li>one</li><li>run <span class="soft">(https://wiki.example/x)</span> &lt;b&gt;raw&lt;/b&gt; <span class="soft">[image: p, https://evil.example/p.gif]</span></li></ul>')

  const shown = await prepareExport(seeded.context, id, { showSecrets: ' The provider asked for it. ' })
  const shownReport = (await unzip(await collect(shown.open()))).find(([name]) => name.endsWith('/report.html'))?.[1].toString('utf8')
  expect(shownReport).toContain(token)
  expect(shown.preview.secretFiles).toContain('report.html')
  await recordExport(seeded.context, shown)
  const row = await seeded.context.db.audit.findFirstOrThrow({ where: { action: 'case.export', entityId: `C-${id}` }, orderBy: { id: 'desc' } })
  expect(JSON.parse(row.detail)).toMatchObject({ secrets_shown: 'The provider asked for it.' })
  await expect(prepareExport(seeded.context, id, { showSecrets: '  ' })).rejects.toThrow(/why the report is to show secrets/)
})
