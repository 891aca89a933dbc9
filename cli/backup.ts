import type { Command } from 'commander'

/** `linklocal backup`: a consistent copy of the database, also while the console runs. */
export function registerBackup(program: Command): void {
  program
    .command('backup')
    .summary('take a consistent copy while the server runs')
    .description('Writes a consistent copy of the database to a new file, also while the console runs.')
    .argument('<file>', 'the file to write; it must not exist')
    .option('--json', 'print the result as one JSON object', false)
    .action(async (file: string, options: { json: boolean }) => {
      const { backupTo } = await import('./backup/run')
      await backupTo(file, options)
    })
}
