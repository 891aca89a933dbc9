import type { EventBatch } from '@/lib/db/event-batch'

/** Who pushes, and where it belongs. */
export interface PushTarget {
  readonly source: string
  readonly actor: string
  readonly tokenId: number
}

/** The documents of one request: parts of its body, each with the id that its sender gave it. */
export interface PushRequest extends PushTarget {
  /** Bytes as they came, before decompression. */
  readonly wireBytes: number
  /** An allocation of its own, because it is given away to another thread. */
  readonly body: Uint8Array<ArrayBuffer>
  readonly starts: Uint32Array<ArrayBuffer>
  readonly ends: Uint32Array<ArrayBuffer>
  readonly ids: readonly (string | null)[]
}

/** What became of a document. `duplicate`: an event of its identity had been stored before. */
export const FATE = { stored: 0, duplicate: 1, rejected: 2 } as const

/** What became of each document of a request, in their order. All of it is on disk. */
export interface PushAnswer {
  readonly fates: Uint8Array<ArrayBuffer>
  /** `IDENTITY_BYTES` for each; zeros for a rejected one. */
  readonly identities: Uint8Array<ArrayBuffer>
  readonly rejections: readonly PushRejection[]
}

export interface PushRejection {
  /** 0-based. */
  readonly at: number
  readonly code: string
  readonly reason: string
}

/** The writing half, as pushes need it: answers what became of each event of a batch. */
export interface PushSink {
  push(target: PushTarget, batch: EventBatch, wireBytes: number): Promise<Uint8Array<ArrayBuffer>>
}
