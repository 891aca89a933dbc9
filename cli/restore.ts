import type { Command } from 'commander'

/** `linklocal restore`: a backup becomes the database of a new data directory. */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .summary('bring a backup back')
    .description('Puts a backup into a data directory that has no database yet, after checking that it is whole.')
    .argument('<file>', 'a file written by `linklocal backup`')
    .action(async (file: string) => {
      const { restoreFrom } = await import('./backup/run')
      restoreFrom(file)
    })
}
