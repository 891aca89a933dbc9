import { statSync } from 'node:fs'
import path from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

/** One thing to read: a file, or standard input. */
export interface Input {
  /** Null for standard input. */
  readonly file: string | null
  /** What the import is called. */
  readonly name: string
  /** What its source is called unless somebody says otherwise. */
  readonly source: string
}

/** Links are not followed: a folder is what lies in it. Hidden files are left out, as a shell leaves them out. */
const GLOB = { absolute: true, onlyFiles: true, dot: false, followSymbolicLinks: false, expandDirectories: false } as const

function byPath(a: string, b: string): number {
  return a < b ? -1 : 1
}

async function filesOf(folder: string): Promise<readonly Input[]> {
  const whole = path.resolve(folder)
  const found = await glob('**/*', { ...GLOB, cwd: whole })
  if (found.length === 0) throw new AppError('not_found', `${folder}: there is no file in this folder`)
  return found.sort(byPath).map((file) => ({ file, name: path.relative(path.dirname(whole), file), source: path.basename(whole) }))
}

/** The part of a pattern that stands for itself: the folder below which its files lie. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => isDynamicPattern(part))
  return path.resolve(parts.slice(0, first === -1 ? -1 : first).join('/') || (pattern.startsWith('/') ? '/' : '.'))
}

async function filesLike(pattern: string): Promise<readonly Input[]> {
  const found = await glob(pattern, { ...GLOB, cwd: process.cwd() })
  if (found.length === 0) throw new AppError('not_found', `${pattern}: nothing matches this pattern`)
  const base = baseOf(pattern)
  return found.sort(byPath).map((file) => {
    const name = path.relative(base, file)
    return { file, name, source: name }
  })
}

async function inputsOf(argument: string): Promise<readonly Input[]> {
  if (argument === '-') return [{ file: null, name: 'standard input', source: 'standard input' }]
  const stat = statSync(argument, { throwIfNoEntry: false })
  if (stat?.isDirectory()) return filesOf(argument)
  // A name that exists is that file, whatever characters are in it.
  if (stat === undefined && isDynamicPattern(argument)) return filesLike(argument)
  if (stat === undefined) statSync(argument)
  const name = path.basename(argument)
  return [{ file: argument, name, source: name }]
}

/**
 * What the arguments of a command name: files, folders with all that lies below them, patterns, or `-`. In the order of the arguments,
 * each file once. Throws `not_found` naming the argument that nothing answers to, so that nothing is read of a list that is wrong.
 */
export async function findInputs(args: readonly string[]): Promise<readonly Input[]> {
  const inputs = new Map<string, Input>()
  for (const argument of args) {
    // oxlint-disable-next-line no-await-in-loop -- the first wrong argument is the one to name
    for (const input of await inputsOf(argument)) {
      const key = input.file === null ? '-' : path.resolve(input.file)
      if (!inputs.has(key)) inputs.set(key, input)
    }
    if (inputs.size > LIMITS.ingestFiles) {
      throw new AppError('too_large', `These are more than ${LIMITS.ingestFiles.toLocaleString('en')} files, which is the most for one command. Name fewer at a time.`)
    }
  }
  return [...inputs.values()]
}
