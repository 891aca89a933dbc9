import path from 'node:path'

export function databasePath(dataDir: string): string {
  return path.join(dataDir, 'linklocal.db')
}
