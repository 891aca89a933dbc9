/** What an expression over one event's values is: null is "unknown", and every operator and function passes it on. */
export type Value = string | number | boolean | null

/** The text of a value as `string()` and `concat()` give it. */
export function valueText(value: string | number | boolean): string {
  return typeof value === 'string' ? value : String(value)
}
