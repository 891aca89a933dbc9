import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { AskedFor } from '@/components/alerts/asked-for'
import { ImdsRequest } from '@/components/alerts/imds-request'
import { Evidence } from '@/components/triage/evidence'
import type { ImdsFacts } from '@/lib/ecs/imds'

const FACTS: ImdsFacts = { provider: 'aws', host: '169.254.169.254', path: '/latest/', pathClass: 'credentials', role: 'web-prod-role', version: 'v1' }
const NASTY = 'a\u202eb<b>c</b>'
const textOf = (html: string) => html.replaceAll(/<svg.*?<\/svg>/g, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ').trim()

test.each<[ImdsFacts | null, string]>([
  [FACTS, 'Credentials of web-prod-role AWS · v1'],
  [{ ...FACTS, role: null, version: null }, 'Credentials AWS'],
  [{ ...FACTS, pathClass: 'other', role: null, provider: null, version: null }, 'Instance facts'],
  [{ ...FACTS, pathClass: null, role: null, version: null }, 'Not said AWS'],
  [null, '–'],
])('the queue says of %j', (imds, text) => {
  expect(textOf(renderToStaticMarkup(<AskedFor imds={imds} />))).toBe(text)
})

describe('a role is a sender’s text', () => {
  const asked = { ...FACTS, role: NASTY }
  test.each([
    ['in the queue', <AskedFor key="a" imds={asked} />],
    ['in the story', <ImdsRequest key="b" facts={asked} />],
    ['beside the checklist', <Evidence key="c" evidence={[{ field: 'process.command_line', link: null, values: [{ values: ['x'], records: [], flag: `Asks for the credentials of ${NASTY}.` }] }]} />],
  ])('%s: no markup, nothing that reorders', (_name, element) => {
    const html = renderToStaticMarkup(element)
    expect(html).not.toContain('\u202e')
    expect(html).not.toContain('<b>')
    expect(html).toContain('&lt;b&gt;')
  })
})
