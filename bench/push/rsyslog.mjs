// A real rsyslog sends to a console through omelasticsearch: node bench/push/rsyslog.mjs [--messages 5000]
// Needs Debian's packages rsyslog and rsyslog-elasticsearch; without them it says so and ends with 0. The configuration is
// the one that the Sources page shows, with an input that follows a file. A restart of the console in the middle is part of
// it. Exit code 1 when a message is missing or doubled. The last line on standard output is the result as JSON.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { Console } from './console.mjs'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '5000' } } })
const messages = Number(values.messages)
const DAEMON = '/usr/sbin/rsyslogd'
const MODULES = '/usr/lib'
const WAIT_MS = 120_000

function hasModule(folder, depth = 0) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? depth < 2 && (depth > 0 || /linux|rsyslog/.test(entry.name)) && hasModule(join(folder, entry.name), depth + 1) : entry.name === 'omelasticsearch.so',
  )
}
if (!existsSync(DAEMON) || !hasModule(MODULES)) {
  console.log('rsyslog: skipped, this machine has no rsyslog with omelasticsearch; on Debian: apt-get install rsyslog rsyslog-elasticsearch')
  process.exit(0)
}
setTimeout(() => {
  console.error('rsyslog: took too long, giving up')
  process.exit(1)
}, 400_000).unref()

/** The configuration as the page has it. */
async function pageConfig(access) {
  const { outputFiles } = await build({ entryPoints: [new URL('../../components/sources/shipper-configs.ts', import.meta.url).pathname], bundle: true, format: 'esm', write: false })
  const { shipperConfigs } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
  return shipperConfigs(access).find(({ id }) => id === 'rsyslog').text
}

const BEGAN = Date.UTC(2026, 0, 1)
function message(number) {
  return JSON.stringify({
    '@timestamp': new Date(BEGAN + number).toISOString(),
    host: { name: 'web-01' },
    event: { sequence: number, category: ['process'], action: 'exec' },
    process: { pid: number, command_line: `echo "${number}" \\ ü \t end` },
  })
}

const work = mkdtempSync(join(tmpdir(), 'linklocal-rsyslog-'))
const subject = await Console.create()
let daemon
let failed = true
try {
  await subject.start()
  const token = subject.token('rsyslog')
  const log = join(work, 'events.log')
  writeFileSync(log, '')
  mkdirSync(join(work, 'state'))
  const conf = join(work, 'rsyslog.conf')
  writeFileSync(
    conf,
    `global(workDirectory="${join(work, 'state')}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
module(load="imfile" mode="inotify")
input(type="imfile" file="${log}" tag="event")
${(await pageConfig({ origin: subject.url, ...token })).replace('/var/spool/rsyslog', work)}
`,
  )
  daemon = spawn(DAEMON, ['-n', '-f', conf, '-i', join(work, 'pid')], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  const write = (from, to) => {
    for (let number = from; number < to; number++) appendFileSync(log, `${message(number)}\n`)
  }
  const count = () => subject.query('SELECT count(*) AS n FROM event')[0].n
  const until = async (wanted) => {
    for (const end = Date.now() + WAIT_MS; count() < wanted && Date.now() < end; ) await sleep(200)
    console.error(`rsyslog: ${count()} of ${wanted} are stored`)
  }
  const half = Math.floor(messages / 2)
  write(0, half)
  await until(half)
  await subject.kill()
  write(half, messages)
  await sleep(2_000)
  await subject.start()
  await until(messages)
  daemon.kill('SIGTERM')
  await ended
  daemon = undefined
  const rows = subject.query('SELECT sequence, count(*) AS n FROM event GROUP BY sequence')
  const seen = new Set(rows.map(({ sequence }) => sequence))
  const missing = Array.from({ length: messages }, (_, number) => number).filter((number) => !seen.has(number))
  const doubled = rows.filter(({ n }) => n > 1).length
  const [counts] = subject.query('SELECT sum(stored) AS stored, sum(duplicates) AS duplicates, sum(rejected) AS rejected FROM import')
  const code = await subject.stop()
  failed = missing.length > 0 || doubled > 0 || counts.rejected > 0 || code !== 0
  console.log(JSON.stringify({ ok: !failed, messages, missing: missing.length, firstMissing: missing.slice(0, 20), doubled, ...counts, exit: code }))
} catch (error) {
  console.error(`rsyslog: ${error.stack}`)
} finally {
  daemon?.kill('SIGKILL')
  await subject.stop()
  subject.remove()
  rmSync(work, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
