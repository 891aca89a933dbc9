import { delimiter, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '@/lib/errors'

/** A variable that is set but empty counts as unset, as shells and service files leave them. */
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema)

const variables = z.object({
  LINKLOCAL_DATA: optional(z.string().default('data')),
  LINKLOCAL_ROOT: optional(z.string().optional()),
  LINKLOCAL_PORT: optional(z.coerce.number().int().min(0).max(65_535).default(3000)),
  LINKLOCAL_WATCH: optional(z.string().default('')),
  LINKLOCAL_WATCH_HOST: optional(z.string().trim().max(255).regex(/^\S+$/, 'a host name has no blanks').optional()),
  LINKLOCAL_LOG_LEVEL: optional(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')),
})

export interface Env {
  /** Absolute path of the data directory. */
  readonly dataDir: string
  /** Absolute path of the package: migrations, bundled rules and the console's build lie below it. */
  readonly root: string
  /** The port to listen on; 0 takes a free one. */
  readonly port: number
  /** Absolute paths of the folders whose files are taken in as they appear. */
  readonly watch: readonly string[]
  /** The host of audit records in them that do not name theirs. */
  readonly watchHost: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/**
 * Parses the process's environment. The command line sets LINKLOCAL_DATA from `--data` before anything reads it, so the
 * commands, the console and the workers agree. Throws `invalid` naming the variable.
 */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const parsed = variables.safeParse(source)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError('invalid', `environment variable ${String(issue?.path[0])}: ${issue?.message ?? 'is not valid'}`)
  }
  const env = parsed.data
  return {
    dataDir: resolve(env.LINKLOCAL_DATA),
    root: resolve(/* turbopackIgnore: true */ env.LINKLOCAL_ROOT ?? '.'),
    port: env.LINKLOCAL_PORT,
    watch: env.LINKLOCAL_WATCH.split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => resolve(/* turbopackIgnore: true */ folder)),
    watchHost: env.LINKLOCAL_WATCH_HOST,
    logLevel: env.LINKLOCAL_LOG_LEVEL,
  }
}
