import { z } from 'zod'
import type { ImportProgress, ImportSummary } from '@/lib/ingest/schema'

const count = z.number().int().min(0)

const progress = z.object({
  importId: count,
  bytes: count,
  records: count,
  stored: count,
  duplicates: count,
  rejected: count,
  alerts: count,
}) satisfies z.ZodType<ImportProgress>

const summary = progress.extend({
  name: z.string(),
  source: z.string(),
  format: z.string().nullable(),
  seconds: z.number(),
  error: z.string().nullable(),
  notes: z.array(z.string()),
}) satisfies z.ZodType<ImportSummary>

const state = z.object({ status: z.enum(['waiting', 'running', 'ended']), progress: progress.nullable(), summary: summary.nullable() })
export type UploadState = z.infer<typeof state>

const refusal = z.object({ error: z.object({ message: z.string() }) })

/** What the server answered to an upload: its summary, or why it was refused. */
export type Answer = { readonly ok: true; readonly summary: ImportSummary } | { readonly ok: false; readonly message: string }

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads the body of an answer of POST /api/ingest or /api/sample. */
export function readAnswer(status: number, body: string): Answer {
  const json = parseJson(body)
  const done = summary.safeParse(json)
  if (done.success) return { ok: true, summary: done.data }
  const refused = refusal.safeParse(json)
  return { ok: false, message: refused.success ? refused.data.error.message : `The server answered ${status} without saying why.` }
}

/** How far the server is with the upload of this key; null when it cannot be reached. */
export async function fetchUploadState(key: string): Promise<UploadState | null> {
  try {
    const response = await fetch(`/api/imports/${key}`, { cache: 'no-store' })
    const parsed = state.safeParse(await response.json())
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
