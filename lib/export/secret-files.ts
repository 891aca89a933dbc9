import { setImmediate as nextTurn } from 'node:timers/promises'
import { LIMITS } from '@/lib/limits'
import { hasSecrets } from '@/lib/text/secrets'
import type { ExportFile } from './export-file'
import { READING_FILES } from './for-reading'

const PIECE = 64 * 1024

async function holdsSecret(text: string): Promise<boolean> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = Math.min(newline === -1 ? text.length : newline + 1, at + PIECE)
    if (hasSecrets(text.slice(at, end))) return true
    at = end
    // Searching is slow: other requests have their turn.
    // oxlint-disable-next-line no-await-in-loop -- in turns
    if (at % PIECE < 1024) await nextTurn()
  }
  return false
}

export interface SecretFiles {
  readonly found: readonly string[]
  /** Beyond the cap: what is in them was not looked for. */
  readonly notSearched: readonly string[]
}

/**
 * Which files hold what looks like a secret, line by line. Rules are not searched: they say what is looked for. What is written for
 * reading says the same as the others, and has secrets where they have and it is not masked.
 */
export async function findSecretFiles(files: readonly ExportFile[], { masked }: { readonly masked: boolean }): Promise<SecretFiles> {
  const found: string[] = []
  const notSearched: string[] = []
  let left: number = LIMITS.exportSecretBytes
  for (const file of files.filter(({ role, path }) => role !== 'rule' && !READING_FILES.includes(path))) {
    const parts: Buffer[] = []
    for (const chunk of file.read()) {
      left -= chunk.length
      if (left < 0) break
      parts.push(chunk)
    }
    // oxlint-disable-next-line no-await-in-loop -- one after the other, to hold one
    if (await holdsSecret(Buffer.concat(parts).toString('utf8'))) found.push(file.path)
    else if (left < 0) notSearched.push(file.path)
  }
  return { found: masked || found.length === 0 ? found : [...found, ...READING_FILES], notSearched }
}
