import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { IngestThread } from './ingest-thread'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'linklocal-thread-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A thread of its own script; `port` is where it speaks with the server. */
function script(name: string, code: string): URL {
  const file = path.join(directory, `${name}.mjs`)
  writeFileSync(file, `import { parentPort as port, Worker } from 'node:worker_threads'\n${code}`)
  return pathToFileURL(file)
}

const input = () => ({ dataDir: directory, root: directory })
const request = { name: 'a', source: 'b', kind: 'upload' } as const
const SPIN = 'for (;;);'
const READY = "port.postMessage({ kind: 'ready' })"

test('a stop ends a thread that does not answer, and the imports with it', async () => {
  const thread = await IngestThread.start(script('spins', `${READY}\nport.on('message', () => { ${SPIN} })`), input())
  const open = thread.open(request, { actor: 'test' })
  await thread.stop(50)
  await expect(open.done).rejects.toThrow('the ingest thread has ended')
})

test('a stop ends a thread below that one as well', async () => {
  script('below', `port.postMessage('up')\n${SPIN}`)
  const above = `const below = new Worker(new URL('below.mjs', import.meta.url))\nbelow.on('message', () => ${READY})\nport.on('message', () => {})`
  const thread = await IngestThread.start(script('above', above), input())
  await thread.stop(50)
  expect(() => thread.open(request, { actor: 'test' })).toThrow('the ingest thread has ended')
})

test('a start that hangs can be ended', async () => {
  const abort = new AbortController()
  const start = IngestThread.start(script('hangs', SPIN), input(), abort.signal)
  abort.abort()
  await expect(start).rejects.toMatchObject({ code: 'conflict' })
})

test.each([
  ['disk_full', { name: 'AppError', code: 'disk_full', message: 'no room' }],
  ['SQLITE_BUSY', { name: 'AppError', code: 'busy', message: 'The database is busy: what was read until then is stored. Send it again.' }],
  ['SQLITE_CORRUPT', { name: 'Error', code: 'SQLITE_CORRUPT', message: 'no room' }],
  [null, { name: 'Error', message: 'no room' }],
])('an import that fails with the code %s keeps it', async (code, error) => {
  const failed = `(message) => { if (message.kind === 'start') port.postMessage({ kind: 'failed', job: message.job, code: ${JSON.stringify(code)}, message: 'no room', stack: 's' }); if (message.kind === 'stop') port.close() }`
  const thread = await IngestThread.start(script('fails', `${READY}\nport.on('message', ${failed})`), input())
  await expect(thread.open(request, { actor: 'test' }).done).rejects.toMatchObject(error)
  await thread.stop()
})
