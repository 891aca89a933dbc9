import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'

/** What is in a data directory is evidence, with the commands people typed: its owner's alone, unless somebody gives it to others. */
const DIRECTORY_MODE = 0o700
export const FILE_MODE = 0o600
/** The bits by which anybody may look into a directory, and read a file. */
const OTHERS_ENTER = 0o001
const OTHERS_READ = 0o004

/** Makes a directory that only its owner can look into; one that is there is left as it is. */
export function makePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE })
}

/** Makes an empty file that only its owner can read, and what SQLite puts beside a database has its mode; answers false when one is there, which is left as it is. */
export function makePrivateFile(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', FILE_MODE))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Whether everybody on the machine can read the file, as far as its mode and that of its directory tell. */
export function isWorldReadable(directory: string, file: string): boolean {
  // Windows has no such bits and Node makes them up.
  if (process.platform === 'win32') return false
  const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  return (modeOf(directory) & OTHERS_ENTER) !== 0 && (modeOf(file) & OTHERS_READ) !== 0
}
