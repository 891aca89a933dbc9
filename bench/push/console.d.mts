/** A console of its own for benchmarks: its data directory, its port, a push token; on loopback only. */
export declare class Console {
  static create(dataDir?: string): Promise<Console>
  readonly url: string
  readonly dataDir: string
  /** Everything it wrote, line by line, whichever process of it did. */
  readonly output: readonly string[]
  start(): Promise<void>
  kill(): Promise<void>
  /** Answers its exit code, or the signal that had to end it. */
  stop(): Promise<number | string>
  token(name: string): { readonly prefix: string; readonly secret: string }
}
