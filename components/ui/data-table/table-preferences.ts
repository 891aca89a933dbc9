import { z } from 'zod'

const preferences = z.object({
  /** Column id → shown, for columns whose visibility somebody changed. */
  columns: z.record(z.string(), z.boolean()).default({}),
  density: z.enum(['compact', 'comfortable']).optional(),
})

/** What a person changed about a table: kept in the browser, by the table's name. */
export type TablePreferences = z.infer<typeof preferences>

/** Reads stored preferences; anything unreadable counts as none. */
export function parseTablePreferences(text: string | undefined): TablePreferences {
  if (text === undefined) return { columns: {} }
  try {
    const parsed = preferences.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : { columns: {} }
  } catch {
    return { columns: {} }
  }
}
