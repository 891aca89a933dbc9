import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { RunOptions } from '@/cli/eql'
import { EXIT } from '@/cli/failure'
import type { EcsEvent } from '@/lib/ecs/event'
import { readField, readText } from '@/lib/ecs/event'
import type { Mapping } from '@/lib/ecs/mapping'
import { withoutDots } from '@/lib/ecs/dotted-names'
import { AppError, errorMessage } from '@/lib/errors'
import { openSearch } from '@/lib/eql'
import type { Search, SearchError, SearchHit, SearchOptions, SearchRequest, SearchResponse } from '@/lib/eql'
import { codeFrame } from '@/lib/lang/diagnostic'
import type { RawRecord } from '@/lib/ingest/split-records'
import { openInputs, readRecords } from './inputs'
import type { DataInput } from './inputs'
import { readMapping } from './mapping'

type Opened = Search | SearchError

export async function runCommand(options: RunOptions): Promise<void> {
  if ((options.query === undefined) === (options.requests === undefined)) throw new AppError('invalid', 'give either --query or --requests')
  const schema = await readMapping(options.mapping)
  // With a mapping everything is read twice: what documents add to it is known before a query is checked against it.
  const inputs = await openInputs(options.dataFile, schema !== undefined)
  try {
    if (schema) await completeMapping(inputs.list, schema)
    await runQueries({ ...options, inputs: inputs.list }, schema)
  } finally {
    await inputs.close()
  }
}

type Inputs = RunOptions & { readonly inputs: readonly DataInput[] }

async function completeMapping(inputs: readonly DataInput[], mapping: Mapping): Promise<void> {
  // What cannot be read is told when the queries run.
  await readRecords(inputs, (record) => {
    const document = parseRecord(record)
    if (typeof document !== 'string') mapping.complete(document.event)
    return null
  }, () => undefined)
}

async function runQueries(options: Inputs, schema: Mapping | undefined): Promise<void> {
  // One moment for all requests of a run, so that `now` is the same for each.
  const search: SearchOptions = { ...(schema ? { schema } : {}), now: Date.now() }
  if (options.query !== undefined) await runOne(options.query, options, search, schema)
  else if (options.requests !== undefined) await runMany(options.requests, options, search, schema)
}

async function runOne(query: string, options: Inputs, search: SearchOptions, schema: Mapping | undefined): Promise<void> {
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
  const exact = await readAll(options.inputs, [opened], schema)
  const response = opened.finish()
  for (const warning of response.warnings ?? []) process.stderr.write(`warning: ${warning}\n`)
  if (options.json) print(serialise(response, exact))
  else for (const line of describe(response)) print(line)
}

async function runMany(file: string, options: Inputs, search: SearchOptions, schema: Mapping | undefined): Promise<void> {
  const lines = (file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')).split('\n').filter((l) => l.trim() !== '')
  const opened = lines.map((line) => openLine(line, search))
  const exact = await readAll(options.inputs, opened, schema)
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
 * Reads every file for all searches. Answers the texts of records whose integers a number cannot hold, so that what is
 * printed is what was read.
 */
async function readAll(inputs: readonly DataInput[], searches: readonly Opened[], mapping: Mapping | undefined): Promise<WeakMap<EcsEvent, string>> {
  const running = searches.filter((s): s is Search => !('error' in s))
  // Weak: what a search lets go of is forgotten here too.
  const exact = new WeakMap<EcsEvent, string>()
  const rejected = await readRecords(inputs, (record, index) => {
    const document = parseRecord(record)
    if (typeof document === 'string') return document
    const { source, event, json } = document
    const refused = mapping?.complete(event) ?? null
    if (refused !== null) return refused
    const origin = { index, id: readText(event, 'event.id') ?? String(record.number), source }
    let kept = false
    for (const search of running) kept = search.add(event, origin) || kept
    if (kept && LONG_INTEGER.test(json)) exact.set(source, json.replaceAll(/[\r\n]+/g, ' '))
    return null
  }, (line) => void process.stderr.write(line))
  if (rejected > 0) process.exitCode = EXIT.rejected
  return exact
}

interface Document {
  /** As it was written, and as it is read: a name with dots is the nested one. */
  readonly source: EcsEvent
  readonly event: EcsEvent
  readonly json: string
}

/** A document, or why it is none. */
function parseRecord(record: RawRecord): Document | string {
  if (record.problem !== null) return record.problem === 'too_large' ? `is too large (${record.size} bytes)` : 'has no end'
  const json = record.bytes.toString('utf8')
  let source: unknown
  try {
    source = JSON.parse(json)
  } catch (error) {
    return `is not JSON: ${errorMessage(error)}`
  }
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return 'is not a JSON object'
  return { source: source as EcsEvent, event: withoutDots(source as EcsEvent), json }
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
