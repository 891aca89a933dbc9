import type { StoreSink } from '@/lib/detect/store-sink'
import { AppError } from '@/lib/errors'
import { runImport } from '@/lib/ingest/run-import'
import type { UploadDeskOptions } from '@/lib/web/uploads/upload-desk'
// oxlint-disable-next-line no-restricted-imports -- the thread's own queue, so that a test reads as the thread does
import { ByteQueue } from '@/workers/byte-queue'

/** Opens imports as the ingest thread does, in the thread of a test. */
export function openImports(sink: StoreSink): UploadDeskOptions['open'] {
  return (request, options) => {
    const queue = new ByteQueue(() => undefined)
    const abort = new AbortController()
    let ended = false
    const done = runImport(sink, () => sink.rules(), queue, request, { ...options, signal: abort.signal }).finally(() => (ended = true))
    return {
      done,
      write: async (bytes) => {
        queue.push(Buffer.from(bytes))
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        return !ended
      },
      flush: () => Promise.race([done.then(() => undefined, () => undefined), new Promise<void>((resolve) => queue.flush(resolve))]),
      end: () => queue.end(),
      cancel: () => {
        abort.abort()
        queue.fail(new Error('cancelled'))
      },
      interrupt: (reason) => queue.fail(new AppError('conflict', reason)),
    }
  }
}
