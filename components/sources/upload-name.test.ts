import { expect, test } from 'vitest'
import { isLitter, uploadName } from './upload-name'

test.each([
  [{ name: 'a.ndjson' }, 'a.ndjson'],
  [{ name: 'a.ndjson', relativePath: './a.ndjson', webkitRelativePath: '' }, 'a.ndjson'],
  [{ name: 'a.ndjson', relativePath: '/web-01/logs/a.ndjson' }, 'web-01/logs/a.ndjson'],
  [{ name: 'a.ndjson', webkitRelativePath: 'web-01/a.ndjson', relativePath: 'web-01/a.ndjson' }, 'web-01/a.ndjson'],
  [{ name: '../../etc/passwd' }, '../../etc/passwd'],
])('%j is called %s', (file, name) => {
  expect(uploadName(file)).toBe(name)
})

test('of a long path the end stays', () => {
  const name = uploadName({ name: 'x', relativePath: `/${'folder/'.repeat(100)}audit.log` })
  expect(name).toHaveLength(500)
  expect(name).toMatch(/^….*folder\/audit\.log$/)
})

test.each([
  ['.DS_Store', true],
  ['Thumbs.db', true],
  ['audit.log', false],
])('%s is litter: %s', (name, litter) => {
  expect(isLitter({ name })).toBe(litter)
})
