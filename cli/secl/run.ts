import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { RunOptions } from '@/cli/secl'
import { errorMessage } from '@/lib/errors'
import { runRequest } from '@/lib/secl'
import type { RunResponse } from '@/lib/secl'
import { parseExactJson } from '@/lib/ecs/exact-json'

/** One answer a line, in the order of the requests; a line that is wrong answers an error and the rest go on. */
export async function runCommand({ requests }: RunOptions): Promise<void> {
  // Opened first: a file that is not there is refused here, where it can be told.
  const input = requests === '-' ? process.stdin : (await open(requests)).createReadStream()
  const now = BigInt(Date.now()) * 1_000_000n
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() !== '') process.stdout.write(`${JSON.stringify(answer(line, now))}\n`)
  }
}

function answer(line: string, now: bigint): RunResponse {
  let request: unknown
  try {
    request = parseExactJson(line)
  } catch (error) {
    return { error: { code: 'json', message: `the line is not JSON: ${errorMessage(error)}`, line: 1, column: 1, length: 1 } }
  }
  return runRequest(request, now)
}
