// Sustained push from several connections, with a kill -9 and a restart in the middle: node bench/push/load.mjs
//   --seconds 60   --connections 8   --documents 250 (a request)   --kills 1
// Every event that was acknowledged must be stored, once. Ends by itself; exit code 1 when one is missing or doubled.
// The last line on standard output is the result as JSON.
import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Console } from './console.mjs'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, connections: { type: 'string', default: '8' }, documents: { type: 'string', default: '250' }, kills: { type: 'string', default: '1' } },
})
const [seconds, connections, documents, kills] = [values.seconds, values.connections, values.documents, values.kills].map(Number)
if (![seconds, connections, documents, kills].every((n) => Number.isInteger(n) && n >= 0) || seconds > 600 || connections > 64 || documents > 10_000) {
  console.error('load: whole numbers, at most --seconds 600 --connections 64 --documents 10000')
  process.exit(2)
}
// Whatever happens, it ends.
setTimeout(() => {
  console.error('load: took too long, giving up')
  process.exit(1)
}, (seconds + 300) * 1000).unref()

const subject = await Console.create()
const agent = new Agent({ keepAlive: true, maxSockets: connections })

function send(token, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token.prefix}.${token.secret}`, 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) }
    const request = httpRequest(`${subject.url}/_bulk`, { method: 'POST', agent, headers, timeout: 60_000 }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => (response.complete ? resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'], text: Buffer.concat(chunks).toString() }) : reject(new Error('cut off'))))
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.end(body)
  })
}

const BEGAN = Date.UTC(2026, 0, 1)
/** About half a kilobyte, as an exec record of a sensor; its sequence is the number by which it is found again. */
function line(number) {
  const event = {
    '@timestamp': new Date(BEGAN + number).toISOString(),
    agent: { id: 'load', type: 'endpoint' },
    host: { id: `host-${number % 50}`, name: `web-${number % 50}` },
    event: { id: `load-${number}`, sequence: number, category: ['process'], type: ['start'], action: 'exec' },
    process: {
      pid: number % 32_768, entity_id: `e${number}`, name: 'true', executable: '/usr/bin/true', args: ['/usr/bin/true', String(number)], command_line: `/usr/bin/true ${number}`,
      parent: { pid: 1, entity_id: 'p1', name: 'bash', executable: '/usr/bin/bash' },
    },
    user: { name: 'root', id: '0' },
  }
  return `{"create":{"_index":"load"}}\n${JSON.stringify(event)}\n`
}

let next = 1
const run = { stopping: false }
const acknowledged = new Set()
const counts = { requests: 0, retries: 0, pressed: 0, known: 0 }
const latencies = []

async function sender(token) {
  while (!run.stopping) {
    const first = next
    next += documents
    let body = ''
    for (let number = first; number < first + documents; number++) body += line(number)
    for (let done = false; !done; ) {
      const began = performance.now()
      const answer = await send(token, body).catch(() => null)
      counts.requests++
      if (answer?.status === 200) {
        latencies.push(performance.now() - began)
        for (const [at, item] of JSON.parse(answer.text).items.entries()) {
          if (item.create.status !== 201 && item.create.status !== 409) throw new Error(`an event was refused: ${JSON.stringify(item)}`)
          if (item.create.status === 409) counts.known++
          acknowledged.add(first + at)
        }
        done = true
      } else if (answer === null || answer.status === 429 || answer.status >= 500) {
        // Perhaps it was stored and only the answer was lost: the same request again must change nothing.
        counts.retries++
        if (answer?.status === 429) counts.pressed++
        await sleep(answer?.status === 429 ? Number(answer.retryAfter ?? 1) * 1000 : 200)
      } else throw new Error(`status ${answer.status}: ${answer.text.slice(0, 300)}`)
    }
  }
}

let failed = true
try {
  await subject.start()
  const token = subject.token('load')
  const began = performance.now()
  const senders = Promise.all(Array.from({ length: connections }, () => sender(token)))
  senders.catch(() => undefined)
  const restarts = []
  for (let kill = 1; kill <= kills; kill++) {
    await sleep((seconds * 1000) / (kills + 1))
    const from = performance.now()
    const stored = acknowledged.size
    await subject.kill()
    await subject.start()
    restarts.push({ acknowledgedBefore: stored, restartMs: Math.round(performance.now() - from) })
    console.error(`load: killed with ${stored} events acknowledged, serving again after ${restarts.at(-1).restartMs} ms`)
  }
  await sleep(Math.max(0, seconds * 1000 - (performance.now() - began)))
  run.stopping = true
  await senders
  const took = (performance.now() - began) / 1000
  const code = await subject.stop()

  const stored = new Map(subject.query('SELECT sequence, count(*) AS n FROM event GROUP BY sequence').map((row) => [row.sequence, row.n]))
  const missing = [...acknowledged].filter((number) => !stored.has(number)).length
  const doubled = [...stored.values()].filter((n) => n > 1).length
  const unknown = [...stored.keys()].filter((number) => !acknowledged.has(number)).length
  const [imports] = subject.query('SELECT sum(stored) AS stored, sum(duplicates) AS duplicates, count(*) AS imports FROM import')
  const [source] = subject.query('SELECT stored FROM source')
  const [check] = subject.query('PRAGMA integrity_check')
  latencies.sort((a, b) => a - b)
  const at = (share) => Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0)
  failed = missing > 0 || doubled > 0 || unknown > 0 || code !== 0 || imports.stored !== stored.size || source.stored !== stored.size || check.integrity_check !== 'ok'
  console.log(
    JSON.stringify({
      ok: !failed, seconds: Math.round(took * 10) / 10, connections, documents, acknowledged: acknowledged.size, eventsPerSecond: Math.round(acknowledged.size / took),
      missing, doubled, unknown, ...counts, latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) }, restarts, imports, integrity: check.integrity_check, exit: code,
    }),
  )
} catch (error) {
  console.error(`load: ${error.stack}`)
} finally {
  agent.destroy()
  await subject.stop()
  subject.remove()
}
process.exit(failed ? 1 : 0)
