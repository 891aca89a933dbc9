import { InvalidArgumentError, Option, type Command } from 'commander'

function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 takes a free one.')
  return port
}

function repeated(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** `linklocal serve`: the console, until interrupted. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .summary('run the console: web, API, ingest and detector')
    .description('Runs the console (web, API, ingest and detector) until it is interrupted.')
    .option('--host <host>', 'loopback address to listen on', '127.0.0.1')
    .addOption(new Option('--port <port>', 'port to listen on; 0 takes a free one').env('LINKLOCAL_PORT').default(3000).argParser(parsePort))
    .option('--watch <dir>', 'take in the files that appear in this folder and below it; may be repeated (env: LINKLOCAL_WATCH, a list as in PATH)', repeated, [])
    .option('--watch-host <name>', 'host of audit records in watched folders that do not name theirs (env: LINKLOCAL_WATCH_HOST)')
    .option('--dev', 'compile pages on request and reload them when they change', false)
    .action(async (options: { host: string; port: number; dev: boolean; watch: readonly string[]; watchHost?: string }) => {
      const { serve } = await import('./serve/run')
      await serve(options)
    })
}
