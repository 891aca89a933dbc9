/** Ranges such as `>= 7.65 <7.70`, `< 7.71 || ^8`: parts side by side must all hold, parts between `||` one of them. */

type Version = readonly [major: number, minor: number, patch: number]

const COMPARATOR = /(>=|<=|!=|==|~>|>|<|=|~|\^)?\s*v?(\d+(?:\.(?:\d+|[xX*])){0,2})(?:[-+][\w.]+)?/y

function parseVersion(text: string): { readonly version: Version; readonly parts: number } {
  const numbers = text.split('.').filter((p) => /^\d+$/.test(p)).map(Number)
  return { version: [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0], parts: numbers.length }
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

/** The first version that is no longer within the same major, minor or patch. */
function after([major, minor, patch]: Version, parts: number): Version {
  return parts <= 1 ? [major + 1, 0, 0] : parts === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1]
}

function holds(actual: Version, operator: string, text: string): boolean {
  const { version, parts } = parseVersion(text)
  const order = compare(actual, version)
  switch (operator) {
    case '>=':
      return order >= 0
    case '>':
      return compare(actual, after(version, parts)) >= 0
    case '<':
      return order < 0
    case '<=':
      return compare(actual, after(version, parts)) < 0
    case '!=':
      return order < 0 || compare(actual, after(version, parts)) >= 0
    case '^':
      return order >= 0 && actual[0] === version[0]
    case '~':
    case '~>':
      return order >= 0 && compare(actual, after(version, Math.min(parts, 2))) < 0
    default:
      return order >= 0 && compare(actual, after(version, parts)) < 0
  }
}

/** Whether a version lies in a range; null when the range cannot be read. */
export function satisfiesVersion(version: string, range: string): boolean | null {
  const actual = parseVersion(version).version
  let any = false
  for (const part of range.split('||')) {
    const text = part.trim()
    if (text === '' || text === '*') {
      any = true
      continue
    }
    let all = true
    let at = 0
    while (at < text.length) {
      COMPARATOR.lastIndex = at
      const match = COMPARATOR.exec(text)
      if (!match) return null
      all = all && holds(actual, match[1] ?? '=', match[2] ?? '')
      at = COMPARATOR.lastIndex
      while (/[\s,]/.test(text[at] ?? '')) at++
    }
    any = any || all
  }
  return any
}
