import { setTimeout as sleep } from 'node:timers/promises'
import { withContext } from '@/cli/alerts/open-context'
import { printable } from '@/lib/text/printable'
import { EXIT } from '@/cli/failure'
import { clearLine } from '@/cli/output'
import type { RetentionJson } from '@/cli/retention'
import type { Context } from '@/lib/auth/context'
import { lockDirectory } from '@/lib/db/directory-lock'
import { StoreSink } from '@/lib/detect/store-sink'
import { readEnv } from '@/lib/env'
import { isAppError } from '@/lib/errors'
import { readRetentionRun } from '@/lib/retention/queries'
import { requestRetention } from '@/lib/retention/request-run'
import { isUnderWay } from '@/lib/retention/schema'
import type { RetentionRun } from '@/lib/retention/schema'
import { runJson, runText } from './text'

const POLL_MS = 250

function progress(run: RetentionRun): void {
  if (!process.stderr.isTTY) return
  clearLine(process.stderr)
  process.stderr.write(`${run.events.toLocaleString('en')} events deleted, ${run.kept.toLocaleString('en')} kept `)
}

async function read(context: Context, runId: number): Promise<RetentionRun> {
  const run = await readRetentionRun(context, runId)
  if (!run) throw new Error(`the run ${runId} is gone`)
  return run
}

/** Without a console this process does its work, as the only one. */
function workHere(dataDir: string, root: string): { step: () => boolean; close: () => void } | null {
  let release: () => void
  try {
    release = lockDirectory(dataDir, new Date())
  } catch (error) {
    if (isAppError(error) && error.code === 'locked') return null
    throw error
  }
  try {
    const sink = new StoreSink({ dataDir, root, clock: () => new Date(), alone: true })
    return {
      step: () => sink.work(),
      close: () => {
        sink.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** `linklocal retention run`: asks for a run, and does it where no console would. Answers the exit code. */
export async function runCommand(options: RetentionJson): Promise<number> {
  const { dataDir, root } = readEnv()
  let code: number = EXIT.done
  await withContext(async (context) => {
    const { runId } = await requestRetention(context)
    const here = workHere(dataDir, root)
    try {
      let run = await read(context, runId)
      while (isUnderWay(run)) {
        // A console works it off by itself. Here, what failed or waits for another process has its time.
        if (here?.step() !== true) await sleep(POLL_MS)
        run = await read(context, runId)
        progress(run)
      }
      if (process.stderr.isTTY) process.stderr.write('\n')
      process.stdout.write(options.json ? `${JSON.stringify(runJson(run))}\n` : `${printable(runText(run))}\n`)
      if (run.status !== 'done') code = EXIT.failed
    } finally {
      here?.close()
    }
  })
  return code
}
