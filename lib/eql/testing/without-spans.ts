/** A tree without its positions, for comparing what was parsed from two texts. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'span' && name !== 'nameSpan' && name !== 'categorySpan' && name !== 'text')
      .map(([name, v]) => [name, name === 'runsSpan' ? v !== null : withoutSpans(v)]),
  )
}
