import { createReadStream, statSync } from 'node:fs'
import { printable } from '@/lib/text/printable'
import { EXIT } from '@/cli/failure'
import { clearLine } from '@/cli/output'
import type { IngestOptions } from '@/cli/ingest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import { Pipeline } from '@/lib/detect/pipeline'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { INPUT_FORMATS, formatName, importRequest } from '@/lib/ingest/schema'
import type { ImportProgress, ImportSummary } from '@/lib/ingest/schema'
import { findInputs } from './find-inputs'

const MIB = 1024 * 1024

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** A line on a terminal that is written over; silent elsewhere. */
function progressLine(name: string, totalBytes: number | null): { show(progress: ImportProgress): void; clear(): void } {
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined }
  const started = Date.now()
  return {
    show: (progress) => {
      const seconds = Math.max(0.001, (Date.now() - started) / 1000)
      const share = totalBytes === null || totalBytes === 0 ? '' : `${Math.min(100, Math.round((progress.bytes / totalBytes) * 100))} %, `
      const rate = Math.round(progress.records / seconds).toLocaleString('en')
      clearLine(process.stderr)
      process.stderr.write(`${name}: ${share}${(progress.bytes / MIB).toFixed(1)} MiB, ${count(progress.records, 'record')}, ${rate}/s`)
    },
    clear: () => clearLine(process.stderr),
  }
}

/** What a file turned out to be, and how much of it there was. */
function described({ format, records }: ImportSummary): string {
  return records === 0 ? 'there is no record in it' : `${format === null ? 'no file of events' : formatName(format)}, ${count(records, 'record')}`
}

/** Reads the files one after another and answers the exit code: 3 when some records were rejected, 1 when one ended early. */
export async function ingestFiles(files: readonly string[], options: IngestOptions): Promise<number> {
  const format = INPUT_FORMATS.find((known) => known === options.format)
  if (format === undefined) throw new AppError('invalid', `There is no format ${options.format}; there are ${INPUT_FORMATS.join(', ')}.`)
  const host = importRequest.shape.host.safeParse(options.host)
  if (!host.success) throw new AppError('invalid', `--host: ${host.error.issues[0]?.message ?? 'not a name'}`)
  // A name that is not there should not leave half of the list stored.
  const inputs = await findInputs(files)
  const { dataDir, root } = readEnv()
  const pipeline = await Pipeline.open({ dataDir, root, alone: false })
  const summaries: ImportSummary[] = []
  try {
    for (const { file, name, source } of inputs) {
      const size = file === null ? null : (statSync(file, { throwIfNoEntry: false })?.size ?? null)
      const input = file === null ? process.stdin : createReadStream(file, { highWaterMark: MIB })
      const line = progressLine(printable(name), size)
      const summary = await pipeline.ingest(
        input,
        { name, source: options.source ?? source, kind: 'cli', format, ...(host.data === undefined ? {} : { host: host.data }) },
        { actor: LOCAL_ANALYST.name, onProgress: (progress) => line.show(progress) },
      )
      line.clear()
      summaries.push(summary)
      process.stderr.write(`linklocal: ${printable(name)}: ${described(summary)}\n`)
      for (const note of summary.notes) process.stderr.write(`linklocal: ${printable(name)}: ${note}\n`)
      if (summary.error !== null) process.stderr.write(`linklocal: ${printable(name)}: ${summary.error}\n`)
    }
  } finally {
    await pipeline.close()
  }
  const sum = (pick: (summary: ImportSummary) => number): number => summaries.reduce((total, summary) => total + pick(summary), 0)
  const total = {
    files: summaries.length,
    bytes: sum((s) => s.bytes),
    records: sum((s) => s.records),
    stored: sum((s) => s.stored),
    duplicates: sum((s) => s.duplicates),
    rejected: sum((s) => s.rejected),
    alerts: sum((s) => s.alerts),
    seconds: sum((s) => s.seconds),
    notes: summaries.flatMap((s) => s.notes),
    imports: summaries.map(({ importId, name, format, records, stored, duplicates, rejected, alerts, error }) => ({ id: importId, name, format, records, stored, duplicates, rejected, alerts, error })),
  }
  if (options.json) process.stdout.write(`${JSON.stringify(total)}\n`)
  else {
    process.stdout.write(
      `${count(total.records, 'record')}: ${total.stored.toLocaleString('en')} stored, ${count(total.duplicates, 'duplicate')}, ` +
        `${total.rejected.toLocaleString('en')} rejected; ${count(total.alerts, 'alert')} raised.\n`,
    )
  }
  if (summaries.some((summary) => summary.error !== null)) return EXIT.failed
  return total.rejected > 0 ? EXIT.rejected : EXIT.done
}
