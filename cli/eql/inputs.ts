import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { decode } from '@/lib/ingest/decode'
import { RecordSplitter } from '@/lib/ingest/split-records'
import type { RawRecord } from '@/lib/ingest/split-records'

/** A file of events and the name it is told under. */
export interface DataInput {
  readonly index: string
  readonly open: () => Readable
}

const CHUNK_BYTES = 1024 * 1024

/** The data of a run. What has to be read twice comes from a file: standard input is written to a private one first. */
export async function openInputs(files: readonly string[], twice: boolean): Promise<{ readonly list: readonly DataInput[]; readonly close: () => Promise<void> }> {
  const fromFile = (file: string): (() => Readable) => () => createReadStream(file, { highWaterMark: CHUNK_BYTES })
  if (!files.includes('-') || !twice) {
    return { list: files.map((file) => ({ index: nameOf(file), open: file === '-' ? () => process.stdin : fromFile(file) })), close: async () => undefined }
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'linklocal-eql-'))
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    const copy = path.join(directory, 'stdin')
    await pipeline(process.stdin, createWriteStream(copy, { mode: 0o600 }))
    return { list: files.map((file) => ({ index: nameOf(file), open: fromFile(file === '-' ? copy : file) })), close }
  } catch (error) {
    await close()
    throw error
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'stdin' : path.basename(file)
}

/** How many records with problems are told one by one. */
const TOLD = 5

/** Reads all records; `take` answers what is wrong with one, or null. Answers how many were wrong, and tells of them. */
export async function readRecords(inputs: readonly DataInput[], take: (record: RawRecord, index: string) => string | null, tell: (line: string) => void): Promise<number> {
  let all = 0
  for (const { index, open } of inputs) {
    const splitter = new RecordSplitter()
    let rejected = 0
    const each = (records: readonly RawRecord[]): void => {
      for (const record of records) {
        const problem = take(record, index)
        if (problem !== null && ++rejected <= TOLD) tell(`${index}: record ${record.number} (byte ${record.offset}): ${problem}\n`)
      }
    }
    for await (const chunk of decode(open(), (note) => tell(`${index}: ${note}\n`))) each(splitter.push(chunk))
    each(splitter.end())
    if (rejected > TOLD) tell(`${index}: ${rejected} records were passed over in all\n`)
    all += rejected
  }
  return all
}
