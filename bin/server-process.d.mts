export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly dataDir: string
  /** What it has printed so far, line by line. */
  readonly output: readonly string[]
  /** Ends the process with SIGTERM, deletes its data directory, answers its exit code or the signal that killed it. */
  stop(): Promise<number | string>
}
export declare function startServer(options?: { readonly env?: Readonly<Record<string, string>> }): Promise<ServerProcess>
