import { sendFile, type Sending } from '@/components/sources/send-file'
import { addSample, rateOf, type Rate, type Sample } from '@/components/sources/transfer-rate'
import { fetchUploadState } from '@/components/sources/upload-answers'
import type { ImportProgress, ImportSummary } from '@/lib/ingest/schema'

/** A file on its way into the console, or what became of it. */
export interface Upload {
  readonly key: string
  readonly name: string
  /** Bytes as they are sent; null for the sample, which the server has already. */
  readonly size: number | null
  readonly phase: 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled'
  /** Bytes handed to the connection. */
  readonly sent: number
  /** How far the server has stored it. */
  readonly progress: ImportProgress | null
  readonly rate: Rate | null
  readonly summary: ImportSummary | null
  /** Why it failed, for its reader. */
  readonly problem: string | null
}

interface Job {
  readonly file: File | null
  readonly url: string
  samples: readonly Sample[]
  sending: Sending | null
}

const POLL_MS = 350
/** How long a cancelled upload is asked after, to tell what was stored of it. */
const AFTERMATH_MS = 8000

const jobs = new Map<string, Job>()
const listeners = new Set<() => void>()
let uploads: readonly Upload[] = []

/** Whether it still has something to send. */
export function isUnderWay(upload: Upload): boolean {
  return upload.phase === 'waiting' || upload.phase === 'sending'
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

function publish(next: readonly Upload[]): void {
  uploads = next
  // Adding it again is no second one.
  if (next.some(isUnderWay)) window.addEventListener('beforeunload', askBeforeLeaving)
  else window.removeEventListener('beforeunload', askBeforeLeaving)
  for (const listener of listeners) listener()
}

function change(key: string, part: Partial<Upload>): void {
  publish(uploads.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)))
}

function phaseOf(key: string): Upload['phase'] | undefined {
  return uploads.find((upload) => upload.key === key)?.phase
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

async function follow(key: string, job: Job): Promise<void> {
  while (phaseOf(key) === 'sending') {
    await pause(POLL_MS)
    const state = await fetchUploadState(key)
    if (phaseOf(key) !== 'sending') return
    const { progress } = state ?? {}
    if (!progress) continue
    job.samples = addSample(job.samples, { at: performance.now(), bytes: progress.bytes, events: progress.records })
    change(key, { progress, rate: rateOf(job.samples, job.file?.size ?? 0) })
  }
}

/** After a cancel: the server ends the import at the next batch, and then knows what it has stored of it. */
async function settle(key: string): Promise<void> {
  const until = performance.now() + AFTERMATH_MS
  while (performance.now() < until) {
    const state = await fetchUploadState(key)
    if (state?.status === 'ended') return change(key, { summary: state.summary })
    await pause(POLL_MS)
  }
}

async function run(key: string, job: Job): Promise<void> {
  change(key, { phase: 'sending' })
  job.samples = [{ at: performance.now(), bytes: 0, events: 0 }]
  job.sending = sendFile({ url: job.url, body: job.file, onSent: (sent) => change(key, { sent }) })
  void follow(key, job)
  try {
    const answer = await job.sending.answer
    if (!answer.ok) change(key, { phase: 'failed', problem: answer.message })
    else change(key, { phase: answer.summary.error === null ? 'done' : 'failed', summary: answer.summary, problem: answer.summary.error })
  } catch {
    change(key, { phase: 'cancelled', problem: 'Cancelled. What was read until then is stored.' })
    void settle(key)
  }
}

/** One file at a time: there is one writer, so two at once would be no faster and twice as hard to follow. */
function runNext(): void {
  if (uploads.some((upload) => upload.phase === 'sending')) return
  const next = uploads.find((upload) => upload.phase === 'waiting')
  const job = next && jobs.get(next.key)
  if (job) void run(next.key, job).finally(runNext)
}

function add(name: string, file: File | null, url: (key: string) => string): void {
  const key = crypto.randomUUID()
  jobs.set(key, { file, url: url(key), samples: [], sending: null })
  const upload: Upload = { key, name, size: file?.size ?? null, phase: 'waiting', sent: 0, progress: null, rate: null, summary: null, problem: null }
  publish([...uploads, upload])
  runNext()
}

/**
 * The uploads of this tab. They live outside of any component, so that going to another page of the console does not end
 * them; closing the tab does.
 */
export const uploadStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  list: (): readonly Upload[] => uploads,
  addFiles: (files: readonly File[], source: string): void => {
    for (const file of files) {
      add(file.name, file, (key) => `/api/ingest?${new URLSearchParams({ name: file.name, source, upload: key }).toString()}`)
    }
  },
  addSample: (): void => {
    add('Sample incident', null, () => '/api/sample')
  },
  cancel: (key: string): void => {
    if (phaseOf(key) === 'waiting') change(key, { phase: 'cancelled', problem: 'Cancelled before anything was sent.' })
    else jobs.get(key)?.sending?.abort()
  },
  /** Sends the file once more: what is stored already counts as a duplicate. */
  retry: (key: string): void => {
    const upload = uploads.find((one) => one.key === key)
    const job = jobs.get(key)
    if (!upload || !job) return
    uploadStore.dismiss(key)
    add(upload.name, job.file, (next) => job.url.replace(key, next))
  },
  dismiss: (key: string): void => {
    jobs.delete(key)
    publish(uploads.filter((upload) => upload.key !== key))
  },
  /** Forgets all that have ended. */
  clear: (): void => {
    for (const upload of uploads) if (!isUnderWay(upload)) jobs.delete(upload.key)
    publish(uploads.filter(isUnderWay))
  },
}
