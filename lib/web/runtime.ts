/**
 * What runs beside the web server: the store, opened and migrated once, and the worker threads. Next's bundle has modules of
 * its own, so whatever pages need of this reaches them through `globalThis[RUNTIME]`, never through an import.
 */
export const RUNTIME = Symbol.for('linklocal.runtime')

export interface Runtime {
  /** Ends the workers and closes the store; resolves when nothing is left running. */
  stop(): Promise<void>
}

/** Opens the store of a data directory and starts its workers. Throws an AppError when it cannot. */
export async function startRuntime(_dataDir: string): Promise<Runtime> {
  const runtime: Runtime = { stop: () => Promise.resolve() }
  Reflect.set(globalThis, RUNTIME, runtime)
  return Promise.resolve(runtime)
}
