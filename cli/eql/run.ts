import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { RunOptions } from '@/cli/eql'
import { EXIT } from '@/cli/failure'
import type { EcsEvent } from '@/lib/ecs/event'
import { readField, readText } from '@/lib/ecs/event'
import { AppError, errorMessage } from '@/lib/errors'
import { openSearch } from '@/lib/eql'
import type { Search, SearchError, SearchHit, SearchOptions, SearchRequest, SearchResponse } from '@/lib/eql'
import { codeFrame } from '@/lib/lang/diagnostic'
import { decode } from '@/lib/ingest/decode'
import { RecordSplitter } from '@/lib/ingest/split-records'
import type { RawRecord } from '@/lib/ingest/split-records'
import { readMapping } from './mapping'

type Opened = Search | SearchError

export async function runCommand(options: RunOptions): Promise<void> {
  if ((options.query === undefined) === (options.requests === undefined)) throw new AppError('invalid', 'give either --query or --requests')
  const schema = await readMapping(options.mapping)
  // One moment for all requests of a run, so that `now` is the same for each.
  const search: SearchOptions = { ...(schema ? { schema } : {}), now: Date.now() }
  if (options.query !== undefined) await runOne(options.query, options, search)
  else if (options.requests !== undefined) await runMany(options.requests, options, search)
}

async function runOne(query: string, options: RunOptions, search: SearchOptions): Promise<void> {
  const opened = openSearch(
    {
      query,
      size: options.size,
      result_position: options.resultPosition,
      event_category_field: options.categoryField,
      timestamp_field: options.timestampField,
      tiebreaker_field: options.tiebreakerField,
    },
    search,
  )
  if ('error' in opened) {
    if (options.json) print(JSON.stringify({ error: opened.error }))
    for (const d of opened.diagnostics) process.stderr.write(`${d.line}:${d.column} ${d.severity}: ${d.message}\n${codeFrame(query, d)}\n\n`)
    if (opened.diagnostics.length === 0) process.stderr.write(`${opened.error.reason}\n`)
    process.exitCode = EXIT.failed
    return
  }
  const exact = await readAll(options.dataFile, [opened])
  const response = opened.finish()
  for (const warning of response.warnings ?? []) process.stderr.write(`warning: ${warning}\n`)
  if (options.json) print(serialise(response, exact))
  else for (const line of describe(response)) print(line)
}

async function runMany(file: string, options: RunOptions, search: SearchOptions): Promise<void> {
  const lines = (file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')).split('\n').filter((l) => l.trim() !== '')
  const opened = lines.map((line) => openLine(line, search))
  const exact = await readAll(options.dataFile, opened)
  for (const item of opened) {
    print('error' in item ? JSON.stringify({ error: item.error }) : serialise(item.finish(), exact))
  }
}

function openLine(line: string, search: SearchOptions): Opened {
  let body: unknown
  try {
    body = JSON.parse(line)
  } catch (error) {
    return bad('x_content_parse_exception', `the request is not JSON: ${errorMessage(error)}`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('x_content_parse_exception', 'the request is not a JSON object')
  // openSearch refuses values of a wrong type itself.
  return openSearch(body as SearchRequest, search)
}

function bad(type: string, reason: string): SearchError {
  return { error: { type, reason, line: 1, column: 1 }, diagnostics: [] }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** An integer that JSON.parse may have rounded. */
const LONG_INTEGER = /\d{16}/

/**
 * Reads every file once for all searches. Answers the texts of records whose integers a number cannot hold, so that what is
 * printed is what was read.
 */
async function readAll(files: readonly string[], searches: readonly Opened[]): Promise<WeakMap<EcsEvent, string>> {
  const running = searches.filter((s): s is Search => !('error' in s))
  // Weak: what a search lets go of is forgotten here too.
  const exact = new WeakMap<EcsEvent, string>()
  for (const file of files) {
    const index = file === '-' ? 'stdin' : basename(file)
    const splitter = new RecordSplitter()
    let rejected = 0
    const take = (records: readonly RawRecord[]): void => {
      for (const record of records) {
        const problem = readRecord(record, index, running, exact)
        if (problem === null) continue
        process.exitCode = EXIT.rejected
        if (++rejected <= 5) process.stderr.write(`${index}: record ${record.number} (byte ${record.offset}): ${problem}\n`)
      }
    }
    const input: Readable = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 })
    for await (const chunk of decode(input, (note) => void process.stderr.write(`${index}: ${note}\n`))) take(splitter.push(chunk))
    take(splitter.end())
    if (rejected > 5) process.stderr.write(`${index}: ${rejected} records were passed over in all\n`)
  }
  return exact
}

function readRecord(record: RawRecord, index: string, searches: readonly Search[], exact: WeakMap<EcsEvent, string>): string | null {
  if (record.problem !== null) return record.problem === 'too_large' ? `is too large (${record.size} bytes)` : 'has no end'
  const json = record.bytes.toString('utf8')
  let event: unknown
  try {
    event = JSON.parse(json)
  } catch (error) {
    return `is not JSON: ${errorMessage(error)}`
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'is not a JSON object'
  const source = event as EcsEvent
  const origin = { index, id: readText(source, 'event.id') ?? String(record.number) }
  let kept = false
  for (const search of searches) kept = search.add(source, origin) || kept
  if (kept && LONG_INTEGER.test(json)) exact.set(source, json.replaceAll(/[\r\n]+/g, ' '))
  return null
}

function serialise(response: SearchResponse, exact: WeakMap<EcsEvent, string>): string {
  const texts: string[] = []
  const json = JSON.stringify(response, (name, value: unknown) => {
    const raw = name === '_source' ? exact.get(value as EcsEvent) : undefined
    return raw === undefined ? value : `\u0000${texts.push(raw) - 1}\u0000`
  })
  return texts.length === 0 ? json : json.replaceAll(/"\\u0000(\d+)\\u0000"/g, (_, n: string) => texts[Number(n)] ?? '{}')
}

// ---- for people

function* describe(response: SearchResponse): Generator<string> {
  const { events, sequences, total } = response.hits
  for (const hit of events ?? []) yield describeHit(hit)
  for (const [i, sequence] of (sequences ?? []).entries()) {
    yield `${i + 1}. ${sequence.join_keys.map(String).join(', ')}`
    for (const hit of sequence.events) yield hit.missing ? '   (nothing, as asked)' : `   ${describeHit(hit)}`
  }
  const what = events ? 'event' : 'sequence'
  yield `${total.value} ${what}${total.value === 1 ? '' : 's'}`
}

function describeHit({ _source: source, _id: id }: SearchHit): string {
  const shown = ['event.category', 'event.action', 'host.name', 'process.name', 'process.command_line', 'destination.ip']
    .map((field) => readField(source, field))
    .flat()
    .filter((value) => typeof value === 'string' || typeof value === 'number')
  return [readText(source, '@timestamp') ?? '', id, ...shown].join('  ')
}
