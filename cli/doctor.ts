import type { Command } from 'commander'

export interface DoctorOptions {
  readonly quick: boolean
  readonly json: boolean
}

/** `linklocal doctor`: integrity and health of a data directory in one report. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('report integrity and health')
    .description('Checks the database and reports what is in it. Changes nothing. Exits with 1 when something is wrong.')
    .option('--quick', 'skip what reads the whole database: the comparison of every index with its table, of events with their records', false)
    .option('--json', 'print the report as one JSON object', false)
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor/run')
      process.exitCode = doctorCommand(options)
    })
}
