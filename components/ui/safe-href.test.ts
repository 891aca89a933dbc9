import { describe, expect, it } from 'vitest'
import { safeHref } from '@/components/ui/safe-href'

describe('safeHref', () => {
  it.each([
    ['https://attack.mitre.org/techniques/T1552/005/', 'https://attack.mitre.org/techniques/T1552/005/'],
    ['http://example.com', 'http://example.com/'],
  ])('follows %s', (href, expected) => {
    expect(safeHref(href)).toBe(expected)
  })

  it.each(['javascript:alert(1)', ' JaVaScript:alert(1)', 'data:text/html,x', '/alerts', '//evil', 'https://good.com@evil.com', 'file:///etc/passwd', ''])(
    'refuses %j',
    (href) => {
      expect(safeHref(href)).toBeUndefined()
    },
  )
})
