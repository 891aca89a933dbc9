/** Every cap in one place. Meeting one gives a clear error or a visible "truncated at N", never silence. */
export const LIMITS = {
  /** Bytes of one line or one array element; a longer record is rejected by itself. */
  recordBytes: 16 * 1024 * 1024,
  /** Nesting of one record. */
  recordDepth: 64,
} as const
