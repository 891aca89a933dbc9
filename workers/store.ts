/** The storing thread: the writing half of the pipeline. It answers each call in turn. */
import { parentPort, workerData } from 'node:worker_threads'
import { OPENED, thrown } from '@/lib/detect/store-messages'
import type { StoreAnswer, StoreCall, StoreThreadInput } from '@/lib/detect/store-messages'
import { StoreSink } from '@/lib/detect/store-sink'
import { invariant, unreachable } from '@/lib/invariant'

/** How often the thread looks for something to do when nobody calls. */
const IDLE_MS = 500

function run(): void {
  const port = parentPort
  invariant(port, 'the storing thread is started as a worker')
  const say = (answer: StoreAnswer): void => port.postMessage(answer)
  let sink: StoreSink
  try {
    sink = new StoreSink({ ...(workerData as StoreThreadInput), clock: () => new Date() })
  } catch (error) {
    say({ call: OPENED, ok: false, error: thrown(error) })
    port.close()
    return
  }
  const answer = async (message: StoreCall): Promise<StoreAnswer> => {
    const { call } = message
    switch (message.kind) {
      case 'start':
        return { call, ok: true, value: await sink.start(message.request, message.actor) }
      case 'write':
        return { call, ok: true, value: await sink.write(message.importId, message.batch, message.wireBytes, message.retried) }
      case 'push':
        return { call, ok: true, value: await sink.push(message.target, message.batch, message.wireBytes) }
      case 'finish':
        return { call, ok: true, value: await sink.finish(message.importId, message.end) }
      case 'close':
        sink.close()
        return { call, ok: true, value: null }
      default:
        return unreachable(message)
    }
  }
  // Between the calls: runs over stored events, asked for by a row in the database. One slice, then whoever waits.
  const { alone } = workerData as StoreThreadInput
  let timer: NodeJS.Timeout | null = null
  const work = (): void => {
    timer = setTimeout(work, sink.work() ? 0 : IDLE_MS)
  }
  if (alone) timer = setTimeout(work, IDLE_MS)

  port.on('message', (message: StoreCall) => {
    if (message.kind === 'close' && timer !== null) clearTimeout(timer)
    answer(message)
      .catch((error: unknown): StoreAnswer => ({ call: message.call, ok: false, error: thrown(error) }))
      .then(say)
      .finally(() => {
        if (message.kind === 'close') port.close()
      })
      .catch(() => undefined)
  })
  say({ call: OPENED, ok: true, value: null })
}

run()
