import { AppError } from '@/lib/errors'

/** Refuses to create a database merely to say that there is nothing in it. */
export function noDatabase(dataDir: string): AppError {
  return new AppError('not_found', `There is no database in ${dataDir}. Ingest events first, or name another data directory with --data.`)
}
