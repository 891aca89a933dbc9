export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly dataDir: string
  /** What it has printed so far, line by line. */
  readonly output: readonly string[]
  /** Ends the process and deletes its data directory. */
  stop(): Promise<void>
}
export declare function startServer(options?: { readonly env?: Readonly<Record<string, string>> }): Promise<ServerProcess>
