/**
 * The ingest thread: the reading half of the pipeline beside the web server. It takes the streams the server hands it, each
 * as an import of its own, and answers with progress and a summary.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Pipeline } from '@/lib/detect/pipeline'
import { thrown } from '@/lib/detect/store-messages'
import { AppError, errorMessage, isAppError } from '@/lib/errors'
import type { FromWorker, ToWorker, WorkerInput } from '@/lib/ingest/worker-messages'
import { invariant } from '@/lib/invariant'
import { ByteQueue } from '@/workers/byte-queue'

interface Job {
  readonly queue: ByteQueue
  readonly abort: AbortController
}

/** Ends an import early, with a reason for its reader: what waits is not read any more, and what was unpacked of it neither. */
function end(job: Job | undefined, reason: string): void {
  const error = new AppError('conflict', reason)
  job?.abort.abort(error)
  job?.queue.fail(error)
}

function failed(job: number, error: unknown): FromWorker {
  const { code, message, stack } = thrown(error)
  return { kind: 'failed', job, code, message, stack }
}

async function run(): Promise<void> {
  const port = parentPort
  invariant(port, 'the ingest thread is started as a worker')
  const say = (message: FromWorker): void => port.postMessage(message)
  const { dataDir, root } = workerData as WorkerInput
  let pipeline: Pipeline
  try {
    pipeline = await Pipeline.open({ dataDir, root, alone: true })
  } catch (error) {
    say({ kind: 'refused', code: isAppError(error) ? error.code : 'bug', message: errorMessage(error) })
    port.close()
    return
  }
  const jobs = new Map<number, Job>()
  const retries = new Map<number, AbortController>()
  /** Requests that are answered when they are stored. */
  let pushes = 0
  let stopping = false
  const closeWhenIdle = (): void => {
    if (!stopping || jobs.size > 0 || retries.size > 0 || pushes > 0) return
    pipeline
      .close()
      .finally(() => port.close())
      .catch(() => undefined)
  }

  const start = (message: Extract<ToWorker, { kind: 'start' }>): void => {
    const { job, request, actor } = message
    const queue = new ByteQueue((bytes) => say({ kind: 'taken', job, bytes }))
    const abort = new AbortController()
    jobs.set(job, { queue, abort })
    pipeline
      .ingest(queue, request, { actor, signal: abort.signal, onProgress: (progress) => say({ kind: 'progress', job, progress }) })
      .then(
        (summary) => say({ kind: 'done', job, summary }),
        (error: unknown) => say(failed(job, error)),
      )
      .finally(() => {
        jobs.delete(job)
        closeWhenIdle()
      })
      .catch(() => undefined)
  }

  const retry = ({ job, request, actor }: Extract<ToWorker, { kind: 'retry' }>): void => {
    const abort = new AbortController()
    retries.set(job, abort)
    pipeline
      .retry(request, { actor, signal: abort.signal })
      .then(
        (summary) => say({ kind: 'retried', job, summary }),
        (error: unknown) => say(failed(job, error)),
      )
      .finally(() => {
        retries.delete(job)
        closeWhenIdle()
      })
      .catch(() => undefined)
  }

  const push = ({ job, request }: Extract<ToWorker, { kind: 'push' }>): void => {
    pushes++
    pipeline
      .push(request)
      .then(
        (answer) => say({ kind: 'pushed', job, answer }),
        (error: unknown) => say(failed(job, error)),
      )
      .finally(() => {
        pushes--
        closeWhenIdle()
      })
      .catch(() => undefined)
  }

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'start':
        return start(message)
      case 'chunk':
        return jobs.get(message.job)?.queue.push(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength))
      case 'flush':
        return jobs.get(message.job)?.queue.flush(() => say({ kind: 'flushed', job: message.job }))
      case 'push':
        return push(message)
      case 'retry':
        return retry(message)
      case 'end':
        return jobs.get(message.job)?.queue.end()
      case 'abort': {
        const job = jobs.get(message.job)
        job?.abort.abort()
        return job?.queue.fail(new Error('cancelled'))
      }
      case 'interrupt':
        return end(jobs.get(message.job), message.reason)
      case 'stop':
        stopping = true
        for (const job of jobs.values()) end(job, 'Linklocal was stopped. Sending the file again adds the rest')
        for (const abort of retries.values()) abort.abort()
        return closeWhenIdle()
    }
  })
  say({ kind: 'ready' })
}

void run()
