/** How a rule sees a command line: flags and options apart, whatever order they came in. */

/**
 * Names given with dashes and no `=`, without the dashes: `-al` is `al`, `a` and `l`; `--verbose` is `verbose`. A flag that
 * takes its value from the next argument is one too, since nothing on the command line tells.
 */
export function argsFlags(argv: readonly string[]): readonly string[] {
  const flags = new Set<string>()
  for (const arg of argv) {
    const name = dashed(arg)
    if (name === null || name.includes('=')) continue
    flags.add(name)
    if (!arg.startsWith('--') && name.length > 1) for (const letter of name) flags.add(letter)
  }
  return [...flags]
}

/** `--k=v`, `-k=v`, `--k v` and `-k v`, each as `k=v`. */
export function argsOptions(argv: readonly string[]): readonly string[] {
  const options: string[] = []
  for (const [i, arg] of argv.entries()) {
    const name = dashed(arg)
    if (name === null) continue
    const next = argv[i + 1]
    if (name.includes('=')) options.push(name)
    else if (next !== undefined && !next.startsWith('-')) options.push(`${name}=${next}`)
  }
  return options
}

function dashed(arg: string): string | null {
  if (!arg.startsWith('-')) return null
  const name = arg.replace(/^--?/, '')
  return name === '' || name.startsWith('-') ? null : name
}

/** A command line taken apart where a source gives no list: quotes hold words together, nothing is expanded. */
export function splitCommandLine(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map((match) => match[0].replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
