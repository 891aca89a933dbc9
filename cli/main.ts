// The entry that bin/linklocal runs: the process's own matters (pipes, exit code), nothing of any command.
import { guardOutput } from '@/cli/output'
import { runCommandLine } from '@/cli/program'

// `linklocal alerts list | head -1`: the reader has what it wanted.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

// The console writes a few lines of its own, which are escaped; the rest is Next's, in colours.
if (process.argv[2] !== 'serve') for (const stream of [process.stdout, process.stderr]) guardOutput(stream)

const exitCode = await runCommandLine(process.argv.slice(2))
// A command that has already set a code (3: some records were rejected) keeps it.
process.exitCode = exitCode === 0 ? (process.exitCode ?? 0) : exitCode
