/** A compressed stream that ends early or is damaged: what was decoded before it stays. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError'
}
