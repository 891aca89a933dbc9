import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { TEST_TIME, endEvent, execEvent, networkEvent } from '@/lib/ecs/testing'
import { buildProcessTree, type ProcessTree as Tree } from '@/lib/process-tree/index'
import { ProcessTree } from './process-tree'

const parent = { entityId: 'shell', pid: 10, name: 'bash', user: 'ubuntu' }
const events = [
  execEvent({ entityId: 'curl', pid: 11, at: TEST_TIME, user: 'root', tty: true, parent, commandLine: 'curl -H "X-aws-ec2-metadata-token: AQAEsecret" http://169.254.169.254/latest' }),
  networkEvent({ entityId: 'curl', pid: 11, at: TEST_TIME + 410, parent }),
  endEvent({ entityId: 'curl', pid: 11, at: TEST_TIME + 900, exitCode: 7, parent }),
  execEvent({ entityId: 'evil', pid: 12, at: TEST_TIME + 5, parent, name: '<img src=x>', commandLine: 'a \u202e<script>alert(1)</script>' }),
].map((event, i) => ({ event, id: `e${i}` }))
const tree = buildProcessTree(events, { entityIds: ['curl'] }, { alerts: [{ eventId: 'e1', id: 'A-1', severity: 'medium', ruleName: 'IMDS' }] })

function render(value: Tree): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <ProcessTree tree={value} label="Process tree of A-1" currentAlert="A-1" />
    </MantineProvider>,
  )
}

function rowTag(html: string, id: string): string {
  return new RegExp(`<div role="row"[^>]*data-row="${id}"[^>]*>`).exec(html)?.[0] ?? ''
}

test('is a treegrid that opens on the focus, one row of it in the tab order', () => {
  const html = render(tree)
  expect(html).toContain('role="treegrid" aria-label="Process tree of A-1"')
  expect(rowTag(html, 'shell')).toMatch(/aria-level="1" aria-posinset="1" aria-setsize="1" aria-expanded="true"/)
  expect(rowTag(html, 'curl')).toMatch(/aria-level="2" aria-posinset="1" aria-setsize="2" aria-expanded="true" aria-selected="true" tabindex="0"/i)
  expect(rowTag(html, 'evil')).not.toContain('aria-expanded')
  expect(html.match(/role="row"[^>]*tabindex="0"/gi)).toHaveLength(1)
})

test('shows the ghost, the change of user, the exit, the alert, and the connection with its Δt', () => {
  const html = render(tree)
  expect(rowTag(html, 'shell')).toContain('data-ghost="true"')
  expect(html).toContain('Not recorded itself')
  expect(html).toContain('ubuntu →')
  expect(html).toContain('A-1')
  expect(html).toContain('169.254.169.254:80')
  expect(html).toContain('+0.41 s')
  expect(html).toMatch(/data-failed="true"[^>]*>7</)
})

test('masks tokens, and shows hostile text as text', () => {
  const html = render(tree)
  expect(html).not.toContain('AQAEsecret')
  expect(html).not.toContain('<img src=x>')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('\u202e')
})

test('without any process it says why', () => {
  expect(render(buildProcessTree([], { entityIds: ['x'] }))).toContain('No events are stored')
})
