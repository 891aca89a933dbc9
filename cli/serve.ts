import { InvalidArgumentError, Option, type Command } from 'commander'

function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 takes a free one.')
  return port
}

/** `linklocal serve`: the console, until interrupted. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .summary('run the console: web, API, ingest and detector')
    .description('Runs the console (web, API, ingest and detector) until it is interrupted.')
    .option('--host <host>', 'loopback address to listen on', '127.0.0.1')
    .addOption(new Option('--port <port>', 'port to listen on; 0 takes a free one').env('LINKLOCAL_PORT').default(3000).argParser(parsePort))
    .option('--dev', 'compile pages on request and reload them when they change', false)
    .action(async (options: { host: string; port: number; dev: boolean }) => {
      const { serve } = await import('./serve/run')
      await serve(options)
    })
}
