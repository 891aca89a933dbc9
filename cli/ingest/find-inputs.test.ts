import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findInputs } from './find-inputs'

let dir: string

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'find-inputs-'))
  mkdirSync(path.join(dir, 'logs', 'web-01', 'old'), { recursive: true })
  mkdirSync(path.join(dir, 'empty'))
  for (const name of ['b.ndjson', 'a.ndjson.gz', 'web-01/audit.log', 'web-01/old/audit.log.1', 'odd[1].ndjson', '.hidden']) writeFileSync(path.join(dir, 'logs', name), '')
  symlinkSync(path.join(dir, 'logs', 'b.ndjson'), path.join(dir, 'logs', 'link.ndjson'))
  symlinkSync('/', path.join(dir, 'logs', 'root'))
})
afterAll(() => rmSync(dir, { recursive: true }))

async function names(...args: string[]): Promise<readonly string[]> {
  return (await findInputs(args.map((arg) => (arg === '-' ? arg : path.join(dir, arg))))).map(({ name, source }) => (name === source ? name : `${name} of ${source}`))
}

test.each<[readonly string[], readonly string[]]>([
  [['logs/b.ndjson'], ['b.ndjson']],
  [['-'], ['standard input']],
  [['logs/b.ndjson', '-', 'logs/a.ndjson.gz'], ['b.ndjson', 'standard input', 'a.ndjson.gz']],
  [['logs/odd[1].ndjson'], ['odd[1].ndjson']],
  [['logs/link.ndjson'], ['link.ndjson']],
  [['logs/*.ndjson'], ['b.ndjson', 'odd[1].ndjson']],
  [['logs/*.{ndjson,gz}'], ['a.ndjson.gz', 'b.ndjson', 'odd[1].ndjson']],
  [['logs/**/audit.log*'], ['web-01/audit.log', 'web-01/old/audit.log.1']],
  [['logs/web-01'], ['web-01/audit.log of web-01', 'web-01/old/audit.log.1 of web-01']],
  [['logs'], ['logs/a.ndjson.gz of logs', 'logs/b.ndjson of logs', 'logs/odd[1].ndjson of logs', 'logs/web-01/audit.log of logs', 'logs/web-01/old/audit.log.1 of logs']],
  [['logs/b.ndjson', 'logs/*.ndjson'], ['b.ndjson', 'odd[1].ndjson']],
])('%j names %j', async (args, expected) => {
  expect(await names(...args)).toEqual(expected)
})

test.each([
  ['logs/*.csv', /logs\/\*\.csv: nothing matches this pattern/],
  ['empty', /empty: there is no file in this folder/],
  ['logs/absent.ndjson', /ENOENT.*absent\.ndjson/],
])('%s is refused by name', async (argument, message) => {
  await expect(names('logs/b.ndjson', argument)).rejects.toThrow(message)
})
