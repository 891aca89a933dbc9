import { describe, expect, test, vi } from 'vitest'
import { drain } from './work-queue'

interface Row {
  readonly name: string
  readonly version: number
}

function queueOf(names: readonly string[]) {
  const rows = new Map(names.map((name) => [name, { name, version: 1 }]))
  const worked: string[] = []
  const stuck = vi.fn<(row: Row) => void>()
  const run = (remove: (row: Row) => boolean, pageSize = 2) =>
    drain<Row>({
      page: () => [...rows.values()].slice(0, pageSize),
      nameOf: ({ name, version }) => `${name} ${version}`,
      act: (page, gone) => {
        for (const row of page) {
          worked.push(row.name)
          if (!remove(row)) continue
          rows.delete(row.name)
          gone(row)
        }
        return page.length
      },
      stuck,
    })
  return { rows, worked, stuck, run }
}

describe('a queue is worked off to its end', () => {
  test('page by page', () => {
    const { run, worked, stuck } = queueOf(['a', 'b', 'c'])
    expect(run(() => true)).toBe(3)
    expect(worked).toEqual(['a', 'b', 'c'])
    expect(stuck).not.toHaveBeenCalled()
  })

  test('a row that does not leave is set aside after one pass, and ends the work though nothing takes it away', () => {
    const { run, worked, stuck, rows } = queueOf(['a', 'b', 'c'])
    run(({ name }) => name !== 'a')
    expect(worked).toEqual(['a', 'b', 'c'])
    expect(stuck.mock.calls).toEqual([[{ name: 'a', version: 1 }]])
    expect([...rows.keys()]).toEqual(['a'])
  })

  test('one to which more was added meanwhile is worked on again', () => {
    const { run, worked, stuck, rows } = queueOf(['a'])
    run(({ name, version }) => {
      if (version === 1) rows.set(name, { name, version: 2 })
      return version > 1
    })
    expect(worked).toEqual(['a', 'a'])
    expect(stuck).not.toHaveBeenCalled()
  })

  test('one that was queued anew after it left is worked on again', () => {
    const { run, worked, stuck, rows } = queueOf(['a'])
    const refill = ['a']
    run(() => true)
    for (const name of refill) rows.set(name, { name, version: 1 })
    run(() => true)
    expect(worked).toEqual(['a', 'a'])
    expect(stuck).not.toHaveBeenCalled()
  })
})
