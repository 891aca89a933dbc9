/** Throws when something the code relies on is not so: a bug of ours, never a user's mistake. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}

/** For the `default` of an exhaustive switch: a forgotten kind does not compile. */
export function unreachable(value: never): never {
  throw new Error(`invariant: unreachable value ${String(value)}`)
}
