import { findLeftUploads, type LeftUpload } from '@/components/sources/left-uploads'
import { sendFile, type Sending, type UploadFacts } from '@/components/sources/send-file'
import { addSample, rateOf, type Rate, type Sample } from '@/components/sources/transfer-rate'
import { fetchUploadState, refusalOf, summaryOf, type UploadState } from '@/components/sources/upload-answers'
import type { ImportReading, ImportSummary } from '@/lib/ingest/schema'

/** A file on its way into the console, or what became of it. */
export interface Upload {
  readonly key: string
  readonly name: string
  /** Bytes as they are sent; null for the sample, which the server has already. */
  readonly size: number | null
  /** `lost`: its connection dropped and is tried again. `left`: begun by an earlier page; the file has to be given again. */
  readonly phase: 'waiting' | 'sending' | 'lost' | 'left' | 'done' | 'failed' | 'cancelled'
  /** Bytes whose records are stored. What was handed to the connection means nothing: buffers on the way hold megabytes. */
  readonly stored: number
  /** How far the server has stored it. */
  readonly progress: ImportReading | null
  readonly rate: Rate | null
  readonly summary: ImportSummary | null
  /** How many of its records were rejected for which reason. */
  readonly rejects: UploadState['rejects']
  /** Why it failed, for its reader. */
  readonly problem: string | null
  /** What happened on the way, for its reader. */
  readonly note: string | null
}

interface Job {
  readonly file: File | null
  readonly facts: UploadFacts
  readonly left: LeftUpload | null
  /** Its id on the server, once it has one. */
  id: string | null
  samples: readonly Sample[]
  cancel: (() => void) | null
  reconnect: (() => void) | null
  /** Bytes handed to the connection. */
  handed: number
  /** The newest moment at which bytes moved, here or there. */
  moved: { readonly at: number; readonly bytes: number }
}

const POLL_MS = 350
/** How long a cancelled upload is asked after, to tell what was stored of it. */
const AFTERMATH_MS = 8000
/** A connection over which nothing moves for so long is given up for a new one: a network that fell asleep does not say so. */
const STALLED_MS = 20_000
const AGAIN = 'The console no longer knew this upload, so the file is sent again from its beginning. What was stored is counted once.'

const jobs = new Map<string, Job>()
const listeners = new Set<() => void>()
let uploads: readonly Upload[] = []
let asked = false

/** Whether it still has something to send by itself. */
export function isUnderWay({ phase }: Upload): boolean {
  return phase === 'waiting' || phase === 'sending' || phase === 'lost'
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

function find(key: string): Upload | undefined {
  return uploads.find((upload) => upload.key === key)
}

function isSending(key: string): boolean {
  const phase = find(key)?.phase
  return phase === 'sending' || phase === 'lost'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Asks how the server comes along, for as long as the file is sent. */
async function follow(key: string, job: Job): Promise<void> {
  while (isSending(key)) {
    await pause(POLL_MS)
    const state = job.id === null ? null : await fetchUploadState(job.id)
    const upload = find(key)
    if (!upload || !isSending(key)) return
    const now = performance.now()
    const bytes = job.handed + (state?.taken ?? 0) + (state?.offset ?? 0)
    if (bytes !== job.moved.bytes) job.moved = { at: now, bytes }
    else if (state !== null && state.taken < state.length && now - job.moved.at > STALLED_MS) {
      job.moved = { at: now, bytes }
      job.reconnect?.()
    }
    if (state === null || state.status === 'unknown') continue
    const { offset: stored, progress } = state
    if (progress && upload.phase === 'sending') job.samples = addSample(job.samples, { at: now, bytes: progress.bytes, events: progress.records })
    change(key, { stored, progress, rate: rateOf(job.samples, job.file?.size ?? 0) })
  }
}

/** What became of it on the server; null when the server does not tell in time. */
async function outcome(id: string, until: number): Promise<UploadState | null> {
  for (;;) {
    const state = await fetchUploadState(id)
    if (state?.status === 'ended' || state?.status === 'unknown') return state
    if (performance.now() > until) return null
    await pause(POLL_MS)
  }
}

function end(key: string, state: Pick<UploadState, 'summary' | 'rejects'> | null): void {
  const summary = state?.summary ?? null
  if (summary === null) return change(key, { phase: 'failed', problem: 'The server does not say what became of it. Send it again; what was stored is counted once.' })
  change(key, { phase: summary.error === null ? 'done' : 'failed', summary, rejects: state?.rejects ?? [], problem: summary.error })
}

function run(key: string, job: Job, file: File): Promise<void> {
  return new Promise((resolve) => {
    const moving = (part: Partial<Upload>): void => {
      if (isSending(key)) change(key, part)
    }
    const sending: Sending = sendFile(file, job.facts, {
      onOpened: (id, again) => {
        job.id = id
        if (again) job.samples = []
        moving({ phase: 'sending', ...(again ? { note: AGAIN, progress: null, rate: null } : {}) })
      },
      onMoving: (handed) => {
        job.handed = handed
        if (find(key)?.phase === 'lost') moving({ phase: 'sending' })
      },
      onLost: () => {
        job.samples = []
        moving({ phase: 'lost', rate: null })
      },
      onEnded: () => {
        const ended = job.id === null ? Promise.resolve(null) : outcome(job.id, Number.POSITIVE_INFINITY)
        void ended.then((state) => isSending(key) && end(key, state)).finally(resolve)
      },
      onRefused: (problem) => {
        moving({ phase: 'failed', problem })
        resolve()
      },
    })
    job.reconnect = sending.reconnect
    job.cancel = () => {
      change(key, { phase: 'cancelled', problem: 'Cancelled. What was read until then is stored.' })
      resolve()
      // The server ends the import at the next batch, and then knows what it has stored of it.
      void sending
        .cancel()
        .then(() => (job.id === null ? null : outcome(job.id, performance.now() + AFTERMATH_MS)))
        .then((state) => state?.summary && change(key, { summary: state.summary }))
        // A server that is not reached ends it by itself when its time is up; the row says the same.
        .catch(() => undefined)
    }
    void follow(key, job)
  })
}

/** The sample lies on the server: one request, nothing to resume. */
async function runSample(key: string, job: Job): Promise<void> {
  const abort = new AbortController()
  job.cancel = () => abort.abort()
  try {
    const response = await fetch('/api/sample', { method: 'POST', signal: abort.signal })
    const body = await response.text()
    const summary = summaryOf(body)
    if (summary) end(key, { summary, rejects: [] })
    else change(key, { phase: 'failed', problem: refusalOf(response.status, body) })
  } catch {
    if (abort.signal.aborted) change(key, { phase: 'cancelled', problem: 'Cancelled. What was read until then is stored.' })
    else change(key, { phase: 'failed', problem: 'The connection to the server was lost. Load the sample again; what was stored is counted once.' })
  }
}

/** One file at a time: there is one writer, so two at once would be no faster and twice as hard to follow. */
function runNext(): void {
  if (uploads.some(({ key }) => isSending(key))) return
  const next = uploads.find(({ phase }) => phase === 'waiting')
  const job = next && jobs.get(next.key)
  if (!job) return
  const { key } = next
  job.samples = [{ at: performance.now(), bytes: 0, events: 0 }]
  job.moved = { at: performance.now(), bytes: 0 }
  change(key, { phase: 'sending' })
  void (job.file ? run(key, job, job.file) : runSample(key, job)).finally(runNext)
}

interface Added {
  readonly file: File | null
  readonly facts: UploadFacts
}

const NEW = { stored: 0, progress: null, rate: null, summary: null, rejects: [], problem: null, note: null } as const

function add(all: readonly Added[]): void {
  const made = all.map(({ file, facts }): Upload => {
    const key = crypto.randomUUID()
    jobs.set(key, { file, facts, left: null, id: null, samples: [], cancel: null, reconnect: null, handed: 0, moved: { at: 0, bytes: 0 } })
    return { key, name: facts.name, size: file?.size ?? null, phase: 'waiting', ...NEW }
  })
  // What is given again takes the place of what was left.
  const given = new Set(all.map(({ file, facts }) => `${facts.name}\u0000${file?.size ?? ''}`))
  const rest = uploads.filter(({ key, phase, name, size }) => {
    const taken = phase === 'left' && given.has(`${name}\u0000${size}`)
    if (taken) jobs.delete(key)
    return !taken
  })
  publish([...rest, ...made])
  runNext()
}

/** Looks once for what an earlier page left; a page that shows uploads asks for it. */
async function showLeft(): Promise<void> {
  if (asked) return
  asked = true
  // A browser that keeps nothing for this page has nothing to show.
  const found = await findLeftUploads().catch(() => [])
  window.addEventListener('online', () => {
    for (const { key, phase } of uploads) if (phase === 'lost') jobs.get(key)?.reconnect?.()
  })
  for (const left of found) {
    if ([...jobs.values()].some(({ id }) => id === left.id)) continue
    jobs.set(left.id, { file: null, facts: { name: left.name, source: '', format: 'auto', host: '' }, left, id: left.id, samples: [], cancel: null, reconnect: null, handed: 0, moved: { at: 0, bytes: 0 } })
    publish([{ ...NEW, key: left.id, name: left.name, size: left.size, phase: 'left', stored: left.offset }, ...uploads])
  }
}

/**
 * The uploads of this tab. They live outside of any component, so that going to another page of the console does not end
 * them; closing the tab interrupts them, and the same file given again goes on with them.
 */
export const uploadStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    void showLeft()
    return () => void listeners.delete(listener)
  },
  list: (): readonly Upload[] => uploads,
  addFiles: (files: readonly File[], nameOf: (file: File) => string, facts: Omit<UploadFacts, 'name'>): void => {
    add(files.map((file) => ({ file, facts: { ...facts, name: nameOf(file) } })))
  },
  addSample: (): void => {
    add([{ file: null, facts: { name: 'Sample incident', source: '', format: 'auto', host: '' } }])
  },
  cancel: (key: string): void => {
    if (find(key)?.phase === 'waiting') change(key, { phase: 'cancelled', problem: 'Cancelled before anything was sent.' })
    else jobs.get(key)?.cancel?.()
  },
  /** Sends the file once more, with other facts where they are given: what is stored already counts as a duplicate. */
  retry: (key: string, other: Partial<UploadFacts> = {}): void => {
    const job = jobs.get(key)
    if (!job) return
    uploadStore.dismiss(key)
    add([{ file: job.file, facts: { ...job.facts, ...other } }])
  },
  dismiss: (key: string): void => {
    // What the server does not hear of ends by itself when its time is up.
    void jobs.get(key)?.left?.forget().catch(() => undefined)
    jobs.delete(key)
    publish(uploads.filter((upload) => upload.key !== key))
  },
  /** Forgets all that have ended. */
  clear: (): void => {
    const stays = (upload: Upload): boolean => isUnderWay(upload) || upload.phase === 'left'
    for (const upload of uploads) if (!stays(upload)) jobs.delete(upload.key)
    publish(uploads.filter(stays))
  },
}
