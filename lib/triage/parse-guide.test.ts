import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseRuleToml } from '@/lib/rules/parse-toml'
import { countedItems, parseGuide } from './parse-guide'

describe('parseGuide', () => {
  test('reads the bundled rule: six steps, four hints, seven responses', () => {
    const rule = parseRuleToml(readFileSync('rules/imds-unusual-request.toml', 'utf8'), 'imds')
    const items = parseGuide(rule.note)
    const count = (section: string) => items.filter((item) => item.section === section).length
    expect([count('investigation'), count('false_positive'), count('response')]).toEqual([6, 4, 7])
    expect(items[1]?.fields).toEqual(['process.executable', 'process.working_directory'])
    expect(countedItems(items, null)).toHaveLength(6)
    expect(countedItems(items, 'true_positive')).toHaveLength(13)
  })

  test('bold headings, numbered steps, continuation lines', () => {
    const items = parseGuide('**Possible investigation steps**\n\n1. Look at `process.name`\n   and `user.name`.\n2) Then ask.\n\nA paragraph.\n\n## Setup\n- not a step\n')
    expect(items.map((item) => [item.section, item.text, item.fields])).toEqual([
      ['investigation', 'Look at `process.name` and `user.name`.', ['process.name', 'user.name']],
      ['investigation', 'Then ask.', []],
    ])
  })

  test('keys are stable and unique', () => {
    const once = parseGuide('## Triage\n- a\n- b\n- a\n')
    expect(once.map((item) => item.text)).toEqual(['a', 'b'])
    expect(parseGuide('## Triage\n- b\n')[0]?.key).toBe(once[1]?.key)
  })

  test('nothing to do without headings or items', () => {
    expect(parseGuide('- a\n- b')).toEqual([])
    expect(parseGuide('')).toEqual([])
  })
})
