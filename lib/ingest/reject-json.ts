import type { RejectedBytes } from './queries'
import type { RejectedRecord } from './schema'

/** Text that is not exactly what the bytes say would be a lie; those records have base64 alone. */
const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that bytes are, or null when they are none. */
export function exactText(bytes: Uint8Array): string | null {
  try {
    return exact.decode(bytes)
  } catch {
    return null
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** What is told of a rejected record wherever it is JSON. */
export function rejectFacts(reject: Omit<RejectedRecord, 'preview'>) {
  return {
    id: reject.id,
    import: reject.importId,
    name: reject.importName,
    record: reject.record,
    offset: reject.offset,
    size: reject.size,
    code: reject.code,
    reason: reject.reason,
    truncated: reject.cut,
    seen_again: reject.seenAgain,
    retried_at: reject.retriedAt,
    resolved_at: reject.resolvedAt,
    resolved_import: reject.resolvedImportId,
  }
}

/** A rejected record as a line of NDJSON has it: with the bytes that were kept of it, exactly, and as text where they are text. */
export function rejectJson({ bytes, edited, ...reject }: RejectedBytes) {
  return {
    ...rejectFacts(reject),
    truncated: bytes.length < reject.size,
    text: exactText(bytes),
    base64: base64(bytes),
    ...(edited === null ? {} : { edited_by: reject.editedBy, edited_at: reject.editedAt, edited_text: exactText(edited), edited_base64: base64(edited) }),
  }
}
