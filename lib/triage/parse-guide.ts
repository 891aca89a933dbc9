import type { ChecklistSection } from './schema'

/** One step of a guide. `fields` are the names in back-quotes, in order: what the step asks to look at. */
export interface GuideItem {
  /** Stable for the same section and text, so that a state outlives an edit of the other steps. */
  readonly key: string
  readonly section: ChecklistSection
  readonly text: string
  readonly fields: readonly string[]
}

const HEADING = /^(?:#{1,6}\s+(.+?)\s*#*|\*\*(.+?)\*\*:?)\s*$/
const BULLET = /^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(.*)$/
const FIELD = /`((?:[a-z_@][\w@-]*\.)+[\w@-]+|@timestamp)`/gi

function sectionOf(heading: string): ChecklistSection | null {
  const text = heading.toLowerCase()
  if (text.includes('false positive')) return 'false_positive'
  if (text.includes('investigation') || text.includes('triage')) return 'investigation'
  if (text.includes('response') || text.includes('remediation')) return 'response'
  return null
}

/** FNV-1a: short, stable, and no more than a name. */
function digest(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/**
 * The steps of a Markdown investigation guide: list items below a heading that speaks of investigation or triage, of false
 * positives, or of response or remediation. Items under other headings and plain paragraphs are not steps. Items that say
 * the same in one section appear once.
 */
export function parseGuide(note: string): readonly GuideItem[] {
  const items: { section: ChecklistSection; lines: string[] }[] = []
  let section: ChecklistSection | null = null
  let open = false
  for (const line of note.split(/\r\n|\r|\n/)) {
    const heading = HEADING.exec(line)
    if (heading) {
      section = sectionOf(heading[1] ?? heading[2] ?? '')
      open = false
      continue
    }
    const bullet = BULLET.exec(line)
    if (bullet && section !== null) {
      items.push({ section, lines: [bullet[1] ?? ''] })
      open = true
    } else if (line.trim() === '') open = false
    else if (open) items.at(-1)?.lines.push(line.trim())
  }
  const seen = new Set<string>()
  return items.flatMap(({ section: of, lines }) => {
    const text = lines.join(' ').trim()
    const key = `${of}-${digest(text)}`
    if (text === '' || seen.has(key)) return []
    seen.add(key)
    return [{ key, section: of, text, fields: [...new Set([...text.matchAll(FIELD)].map((match) => match[1] ?? ''))] }]
  })
}

/** How many steps count as progress: the response only matters once somebody said that it was an attack. */
export function countedItems(items: readonly GuideItem[], verdict: string | null): readonly GuideItem[] {
  return items.filter((item) => item.section === 'investigation' || (item.section === 'response' && verdict === 'true_positive'))
}
