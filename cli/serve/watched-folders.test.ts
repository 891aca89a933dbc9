import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchedFolders } from './watched-folders'

let dir: string

beforeAll(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'watched-folders-')))
  for (const name of ['in/web', 'in-two', 'data']) mkdirSync(path.join(dir, name), { recursive: true })
  writeFileSync(path.join(dir, 'file'), '')
  symlinkSync(path.join(dir, 'in'), path.join(dir, 'link'))
})
afterAll(() => rmSync(dir, { recursive: true }))

function resolve(folders: readonly string[], data = 'data'): readonly string[] {
  return watchedFolders(folders.map((folder) => path.join(dir, folder)), path.join(dir, data)).map((folder) => path.relative(dir, folder))
}

test('names each folder once, without links', () => {
  expect(resolve(['in', 'link', 'in-two'])).toEqual(['in', 'in-two'])
  expect(resolve(['in'], 'data/not-made-yet')).toEqual(['in'])
  expect(resolve([])).toEqual([])
})

test.each([
  [['absent'], 'data', /absent: there is no such folder/],
  [['file'], 'data', /file: not a folder/],
  [['in', 'in/web'], 'data', /in\/web: lies in .*in, which is watched/],
  [['in'], 'in/web', /the data directory .* must lie elsewhere/],
  [['data'], 'data', /must lie elsewhere/],
])('refuses %j with data in %s', (folders, data, message) => {
  expect(() => resolve(folders, data)).toThrow(message)
})
