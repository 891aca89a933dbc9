import type { Upload } from '@/components/sources/upload-store'
import { LIMITS } from '@/lib/limits'

export interface UploadsShown {
  readonly shown: readonly Upload[]
  /** Stored whole, and left out for length. */
  readonly earlier: number
  /** Still to come, and left out for length. */
  readonly waiting: number
}

/** Stored without anything to say about it. */
function isPlain({ phase, summary }: Upload): boolean {
  return phase === 'done' && summary !== null && summary.rejected === 0 && summary.alerts === 0 && summary.notes.length === 0
}

/** What a list of at most `most` rows shows of many uploads: what moves or needs a look before what went well or waits. */
export function uploadsShown(uploads: readonly Upload[], most: number = LIMITS.uploadsShown): UploadsShown {
  let over = uploads.length - most
  const out = new Set<Upload>()
  const waiting = uploads.filter(({ phase }) => phase === 'waiting')
  const plain = uploads.filter(isPlain)
  // The next ones in line stay to be seen, and so do the newest that went well.
  const keep = Math.floor(most / 5)
  for (const upload of [...waiting.slice(keep).toReversed(), ...plain.slice(0, Math.max(0, plain.length - keep))]) if (over-- > 0) out.add(upload)
  return { shown: uploads.filter((upload) => !out.has(upload)), earlier: plain.filter((upload) => out.has(upload)).length, waiting: waiting.filter((upload) => out.has(upload)).length }
}
