/**
 * The `test` of every browser test. Each spec file has a console of its own (process, port, empty data directory) that its
 * tests share, and a test fails on any console error, uncaught error or response from 400 up that it did not ask for.
 */
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { startServer, type ServerProcess } from '@/bin/server-process.mjs'

export { expect }
export { expectAccessible } from './accessible'

/** Declares problems a test provokes on purpose, matched against their whole text: `allow(/404 .*\/alerts\/A-99/)`. */
export type Allow = (pattern: RegExp) => void

interface TestFixtures {
  /** The console of this spec file. */
  readonly server: ServerProcess
  readonly allow: Allow
}

interface WorkerFixtures {
  readonly serverOf: (file: string) => Promise<ServerProcess>
}

async function stop(server: ServerProcess | undefined): Promise<void> {
  const code = (await server?.stop()) ?? 0
  if (code !== 0) throw new Error(`the console did not end in order (${code}):\n${server?.output.join('\n')}`)
}

function watch(context: BrowserContext, problems: string[]): void {
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().stack ?? error.error().message}`))
  context.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
}

/**
 * A page that was opened is ready when its controls answer. The load event comes before that, and what is clicked, typed or
 * dropped in between is lost: to a person it happens rarely, to a test on a slow machine always.
 */
function waitUntilHydrated(page: Page): void {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)]
  const hydrated = () => expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true')
  page.goto = async (...args) => {
    const response = await goto(...args)
    await hydrated()
    return response
  }
  page.reload = async (...args) => {
    const response = await reload(...args)
    await hydrated()
    return response
  }
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  serverOf: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs off this pattern
    async ({}, provide) => {
      let current: { readonly file: string; readonly server: ServerProcess } | undefined
      // A worker goes on to other files; each of them starts on an empty console.
      await provide(async (file) => {
        if (current?.file !== file) {
          const previous = current?.server
          current = undefined
          await stop(previous)
          current = { file, server: await startServer() }
        }
        return current.server
      })
      await stop(current?.server)
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  server: async ({ serverOf }, provide, info) => {
    await provide(await serverOf(info.file))
  },
  baseURL: async ({ server }, provide) => {
    await provide(server.url)
  },
  page: async ({ page }, provide) => {
    waitUntilHydrated(page)
    await provide(page)
  },
  allow: [
    async ({ context, server }, provide, info) => {
      const allowed: RegExp[] = []
      const problems: string[] = []
      watch(context, problems)
      await provide((pattern) => allowed.push(pattern))
      const left = problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem)))
      if (info.status !== info.expectedStatus) await info.attach('server', { body: server.output.join('\n'), contentType: 'text/plain' })
      expect(left, 'the browser reported problems that the test did not allow').toEqual([])
    },
    { auto: true },
  ],
})
