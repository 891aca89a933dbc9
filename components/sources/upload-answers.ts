import { z } from 'zod'
import type { ImportReading, ImportSummary } from '@/lib/ingest/schema'

const count = z.number().int().min(0)

const progress = z.object({
  importId: count,
  bytes: count,
  records: count,
  stored: count,
  duplicates: count,
  rejected: count,
  alerts: count,
})

const summary = progress.extend({
  name: z.string(),
  source: z.string(),
  format: z.string().nullable(),
  seconds: z.number(),
  error: z.string().nullable(),
  notes: z.array(z.string()).readonly(),
}) satisfies z.ZodType<ImportSummary>

const state = z.object({
  status: z.enum(['unknown', 'waiting', 'running', 'ended']),
  offset: count,
  length: count,
  taken: count,
  progress: (progress.extend({ format: z.string().nullable() }) satisfies z.ZodType<ImportReading>).nullable(),
  summary: summary.nullable(),
  expired: z.boolean(),
  /** How many records were rejected for which reason, once it has ended. */
  rejects: z.array(z.object({ code: z.string(), count })).readonly(),
})
/** How an upload is on the server. */
export type UploadState = z.infer<typeof state>

const refusal = z.object({ error: z.object({ message: z.string() }) })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why the server refused, in its words. */
export function refusalOf(status: number, body: string): string {
  const refused = refusal.safeParse(parseJson(body))
  return refused.success ? refused.data.error.message : `The server answered ${status} without saying why.`
}

/** Reads the body of an answer of POST /api/sample: the summary, or null when it refused. */
export function summaryOf(body: string): ImportSummary | null {
  return summary.safeParse(parseJson(body)).data ?? null
}

/** A question that hangs longer than this has lost its connection. */
const ANSWER_MS = 5000

/** How the upload of this id is; null when the server cannot be reached. */
export async function fetchUploadState(id: string): Promise<UploadState | null> {
  try {
    const response = await fetch(`/api/imports/${id}`, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) })
    return state.safeParse(await response.json()).data ?? null
  } catch {
    return null
  }
}
