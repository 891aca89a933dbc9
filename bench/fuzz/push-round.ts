import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Console } from '../push/console.mjs'
import type { Random } from '../random'
import { checkOutput, checkStored, isAtRest } from './checks'
import type { Report } from './checks'
import { breakStream, mingle, packed } from './file-round'
import type { Done, Round } from './file-round'
import { hostileAudit, hostileDocument } from './hostile-records'
import { damage } from './hostile-values'
import { auditMarkers, documentMarkers } from './markers'

const REQUEST_DOCUMENTS = 500
const CONNECTIONS = 3
const STOP_MS = 10_000
const ANSWER_MS = 240_000
const REST_MS = 300_000

interface Parcel {
  readonly path: string
  readonly body: Buffer
  /** Documents of a bulk request whose every item has to be answered; null for what may be refused as a whole. */
  readonly documents: number | null
  /** What is told of each document, once it was answered: its status. */
  statuses: readonly number[] | null
}

const ACTIONS = ['{"create":{"_index":"fuzz"}}', '{"index":{"_index":"fuzz"}}', '{"index":{}}']
const IDS = ['""', '"\\ud800"', '"\\u0000"', '"a\\udc00"', 'null', '1e999', '"__proto__"', '17']

/** An action and its document each; a hostile one may have a name for which it is refused. */
function bulk(random: Random, documents: readonly string[]): string {
  return documents.map((document) => `${random.chance(0.05) && !document.includes('marker-') ? `{"create":{"_id":${random.pick(IDS)}}}` : random.pick(ACTIONS)}\n${/[^ \t\r]/.test(document) ? document : 'x'}\n`).join('')
}

/** The requests of a round: bulk with markers, files with markers, and what breaks the protocol or its stream, without. */
function parcelsOf(random: Random, inputs: number): Parcel[] {
  const parcels: Parcel[] = []
  const some = (n: number): string[] => Array.from({ length: n }, () => hostileDocument(random))
  const documents = mingle(random, some(Math.round(inputs * 0.7)), documentMarkers())
  for (let at = 0; at < documents.length; at += REQUEST_DOCUMENTS) {
    const part = documents.slice(at, at + REQUEST_DOCUMENTS)
    parcels.push({ path: '/_bulk', body: packed(random, bulk(random, part)), documents: part.length, statuses: null })
  }
  const audit = auditMarkers()
  for (let sent = Math.round(inputs * 0.15); sent > 0; sent -= 2_000) {
    const lines = audit.splice(0, Math.ceil((audit.length * 2_000) / Math.max(2_000, sent))).flatMap((lines) => [...hostileAudit(random), ...lines])
    for (let n = 0; n < Math.min(2_000, sent); n++) lines.push(...hostileAudit(random))
    parcels.push({ path: '/api/ingest?host=fuzz-nameless', body: packed(random, lines.join('\n')), documents: null, statuses: null })
  }
  parcels.push({ path: '/api/ingest', body: packed(random, some(Math.round(inputs * 0.1)).join('\r\n')), documents: null, statuses: null })
  for (let left = Math.round(inputs * 0.05); left > 0; left -= 100) {
    const text = bulk(random, some(100))
    const kind = random.next()
    const body = kind < 0.5 ? Buffer.from(damage(random, text).replaceAll(' {"', '\n{"'), 'latin1') : kind < 0.7 ? breakStream(random, gzipSync(Buffer.from(text, 'latin1'))) : Buffer.from(text.slice(0, random.below(text.length)), 'latin1')
    if (body.length > 0) parcels.push({ path: random.chance(0.7) ? '/fuzz/_bulk' : '/api/ingest', body, documents: null, statuses: null })
  }
  return parcels
    .map((parcel) => ({ parcel, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ parcel }) => parcel)
}

interface Sent {
  readonly status: number
  readonly text: string
}

interface BulkAnswer {
  readonly items: readonly Readonly<Record<string, { readonly status: number }>>[]
}

interface IngestAnswer {
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
}

class Sender {
  readonly #console: Console
  readonly #authorization: string
  readonly #report: Report
  answered = 0
  #isOver = false

  constructor(console: Console, report: Report) {
    this.#console = console
    const { prefix, secret } = console.token('fuzz')
    this.#authorization = `Bearer ${prefix}.${secret}`
    this.#report = report
  }

  async #post({ path, body }: Parcel): Promise<Sent | null> {
    try {
      const answer = await fetch(this.#console.url + path, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: { authorization: this.#authorization, 'content-type': 'application/x-ndjson' },
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      return { status: answer.status, text: await answer.text() }
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') this.#report(`${path}: no answer in ${ANSWER_MS / 1_000} s`)
      return null
    }
  }

  /** Sends until it is answered; what was perhaps stored before is known then. */
  async send(parcel: Parcel): Promise<void> {
    for (let tries = 0; tries < 2_000 && !this.#isOver; tries++) {
      const sent = await this.#post(parcel)
      if (sent === null || sent.status === 429 || sent.status === 503) {
        await sleep(150)
        continue
      }
      this.answered++
      this.#look(parcel, sent)
      return
    }
    this.#report(`${parcel.path}: never answered`)
  }

  giveUp(): void {
    this.#isOver = true
  }

  #look(parcel: Parcel, { status, text }: Sent): void {
    checkOutput(text, this.#report)
    if (parcel.documents === null ? ![200, 400, 413, 422].includes(status) : status !== 200) {
      this.#report(`${parcel.path}: status ${status}: ${text.slice(0, 500)}`)
      return
    }
    if (parcel.path.includes('_bulk')) {
      if (status !== 200) return
      const statuses = (JSON.parse(text) as BulkAnswer).items.map((item) => Object.values(item)[0]?.status ?? 0)
      if (parcel.documents !== null && statuses.length !== parcel.documents) this.#report(`${parcel.path}: ${statuses.length} items answered of ${parcel.documents}`)
      const odd = statuses.find((each) => ![200, 201, 400, 409].includes(each))
      if (odd !== undefined) this.#report(`${parcel.path}: an item was answered ${odd}`)
      const before = parcel.statuses
      if (before !== null) {
        const at = statuses.findIndex((each, n) => each === 201 || (each === 400) !== (before[n] === 400))
        if (at >= 0) this.#report(`${parcel.path}: item ${at} was answered ${before[at]}, and ${statuses[at]} when it was sent again`)
      }
      parcel.statuses = statuses
      return
    }
    if (status !== 200 && status !== 422) return
    const { records, stored, duplicates, rejected } = JSON.parse(text) as IngestAnswer
    if (records !== stored + duplicates + rejected) this.#report(`${parcel.path}: counts do not add up: ${text.slice(0, 300)}`)
    if (parcel.statuses !== null && stored > 0) this.#report(`${parcel.path}: ${stored} stored of what was answered before`)
    parcel.statuses = []
  }
}

async function stop(console: Console, report: Report): Promise<void> {
  const began = performance.now()
  const code = await console.stop()
  const ms = performance.now() - began
  if (code !== 0 || ms > STOP_MS) report(`serve: SIGTERM ended it with ${code} after ${Math.round(ms)} ms`)
}

/** Hostile and good documents to a console; killed or stopped at random moments while they are sent, then all of it sent again. */
export async function pushRound({ random, inputs, kills, dataDir, alone, report }: Round): Promise<Done> {
  const parcels = parcelsOf(random, inputs)
  const subject = await Console.create(dataDir)
  await subject.start()
  const sender = new Sender(subject, report)
  let killed = 0
  const all = async (list: readonly Parcel[]): Promise<void> => {
    const queue = [...list]
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) await sender.send(next)
      }),
    )
  }
  try {
    const sending = all(parcels)
    for (let kill = 0; kill < kills; kill++) {
      const from = sender.answered + random.below(Math.ceil(parcels.length / kills))
      while (sender.answered < Math.min(from, parcels.length - CONNECTIONS)) await sleep(20)
      await sleep(random.below(400))
      if (random.chance(0.75)) {
        await subject.kill()
        killed++
      } else await stop(subject, report)
      await subject.start()
    }
    await sending
    if (kills > 0 || random.chance(0.3)) await all(parcels)
    for (const until = performance.now() + REST_MS; !isAtRest(dataDir) && performance.now() < until; ) await sleep(250)
    await stop(subject, report)
  } catch (error) {
    report(`the round ended early: ${error instanceof Error ? error.message : String(error)}`)
    sender.giveUp()
    await subject.stop()
  }
  checkOutput(subject.output.join('\n'), report)
  await checkStored(dataDir, alone, report)
  return { inputs, kills: killed }
}
