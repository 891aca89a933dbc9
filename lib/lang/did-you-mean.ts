/** The names nearest to a misspelt one, best first: at most `limit`, none with more than three slips or a third of its letters wrong. */
export function didYouMean(name: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const wanted = name.toLowerCase()
  const most = Math.max(1, Math.min(3, Math.floor(wanted.length / 3)))
  const letters = countLetters(wanted)
  const found: { readonly name: string; readonly distance: number }[] = []
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > most) continue
    const lower = candidate.toLowerCase()
    if (!sharesLetters(letters, lower, most)) continue
    const distance = editDistance(wanted, lower, most)
    if (distance <= most) found.push({ name: candidate, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  const best = found[0]?.distance ?? 0
  return found
    .filter((f) => f.distance <= best + 1)
    .slice(0, limit)
    .map((f) => f.name)
}

/** "`, did you mean [x]?`", or nothing, ready to be appended to a message. */
export function suggestion(names: readonly string[]): string {
  if (names.length === 0) return ''
  const list = names.map((n) => `[${n}]`).join(', ')
  return names.length === 1 ? `, did you mean ${list}?` : `, did you mean any of ${list}?`
}

function countLetters(text: string): Int16Array {
  const counts = new Int16Array(64)
  for (let i = 0; i < text.length; i++) counts[text.charCodeAt(i) & 63] = (counts[text.charCodeAt(i) & 63] ?? 0) + 1
  return counts
}

/** A cheap first question: every slip adds at most one letter that the other does not have. */
function sharesLetters(wanted: Int16Array, candidate: string, most: number): boolean {
  const counts = wanted.slice()
  let extra = 0
  for (let i = 0; i < candidate.length; i++) {
    const slot = candidate.charCodeAt(i) & 63
    const left = counts[slot] ?? 0
    if (left > 0) counts[slot] = left - 1
    else if (++extra > most) return false
  }
  return true
}

/** Optimal string alignment distance (a swap of neighbours counts one), cut off above `most`. */
function editDistance(a: string, b: string, most: number): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return most + 1
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? most + 1
}
