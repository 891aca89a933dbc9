/** Orders versions as Elasticsearch's version field does: semver where it applies, numbers by value, a pre-release before its release. */
export function compareVersions(a: string, b: string): number {
  const left = split(a)
  const right = split(b)
  const main = compareParts(left.main, right.main)
  if (main !== 0) return main
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length
  return compareParts(left.pre, right.pre)
}

function split(version: string): { readonly main: readonly string[]; readonly pre: readonly string[] } {
  const text = version.split('+', 1)[0] ?? ''
  const dash = text.indexOf('-')
  if (dash < 0) return { main: text.split('.'), pre: [] }
  return { main: text.slice(0, dash).split('.'), pre: text.slice(dash + 1).split('.') }
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i]
    const y = b[i]
    if (x === undefined || y === undefined) return a.length - b.length
    if (x === y) continue
    const numeric = /^\d+$/.test(x) && /^\d+$/.test(y)
    const order = numeric ? Number(x) - Number(y) : x < y ? -1 : 1
    if (order !== 0) return order
  }
  return 0
}
