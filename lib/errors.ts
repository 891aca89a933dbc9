/** Expected refusals. The code is closed: it is mapped once to an HTTP status and once to the state of a form. */
export const APP_ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  too_slow: 408,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  busy: 429,
  locked: 423,
  newer_database: 500,
  disk_full: 507,
  damaged: 500,
  read_only: 503,
  data_gone: 503,
} as const

export type AppErrorCode = keyof typeof APP_ERROR_STATUS

/**
 * A refusal that its user can understand and act on. `message` names the place and the remedy and is shown as it is;
 * `details` may carry machine-readable facts (never secrets).
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    readonly code: AppErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }

  get status(): number {
    return APP_ERROR_STATUS[this.code]
  }
}

/** By shape, not by class: the server and the pages are separate bundles, each with a class of its own. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error && typeof error.code === 'string' && error.code in APP_ERROR_STATUS
}

/** What SQLite and the system say when there is no room: the log cannot grow, the file cannot, the index of the log cannot. */
const FULL_CODES: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'])
const FULL_TEXT = /database or disk is full|no space left on device/i

export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && FULL_CODES.has(error.code)) || FULL_TEXT.test(error.message) || isDiskFull(error.cause)
}

/** Prisma passes on SQLite's text, not its code. */
const DAMAGE_CODE = /^SQLITE_(?:CORRUPT|NOTADB|IOERR_(?:CORRUPTFS|DATA|READ|SHORT_READ)$)/
const DAMAGE_TEXT = /database disk image is malformed|file is not a database|malformed database schema/i
const READ_ONLY_CODE = /^(?:SQLITE_READONLY|EROFS$)/
const READ_ONLY_TEXT = /attempt to write a readonly database|read-only file system/i

function isKind(error: unknown, code: RegExp, text: RegExp): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && typeof error.code === 'string' && code.test(error.code)) || text.test(error.message) || isKind(error.cause, code, text)
}

/**
 * A thrown value as the refusal it means to a user: an AppError; a full disk, a damaged database or one that cannot be written,
 * whoever met it; null for a fault of ours.
 */
export function asRefusal(error: unknown): AppError | null {
  if (isAppError(error)) return error
  if (isKind(error, DAMAGE_CODE, DAMAGE_TEXT)) {
    return new AppError('damaged', `The database is damaged (${errorMessage(error).split('\n').at(-1)?.trim() ?? ''}). linklocal doctor says where; restore a backup into another data directory.`)
  }
  if (isKind(error, READ_ONLY_CODE, READ_ONLY_TEXT)) return new AppError('read_only', 'The data directory is read-only: it can be read, and nothing was changed.')
  if (!isDiskFull(error)) return null
  return new AppError('disk_full', 'The disk that holds the data directory is full. What was acknowledged is stored; nothing of this was. Make room and try again: nothing has to be restarted.')
}

/** The text to show for an unknown thrown value on the command line or in a log. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A change of an alert that the one who acts has not seen. */
export interface ChangeSince {
  readonly alertId: number
  readonly actor: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** As its history has it: `Closed as false positive.` */
  readonly text: string
}

/** Why an act was refused that may be meant all the same: what changed in the meantime. */
export interface Conflict {
  /** The newest of them, up to a cap. */
  readonly changes: readonly ChangeSince[]
  /** All alerts that changed. */
  readonly alertIds: readonly number[]
  /** The newest entry of history among the changes: who has read the refusal has seen up to there. */
  readonly entry: number
}

/** What a server action answers: its value, or why it was refused, for the form that asked. */
export type ActionResult<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly error: {
        readonly code: AppErrorCode | 'internal'
        readonly message: string
        /** Field of the input → what is wrong with it. */
        readonly fields: Readonly<Record<string, string>>
        /** What changed in the meantime, where that is why. */
        readonly conflict?: Conflict
      }
    }
