import { expect, test } from 'vitest'
import { hasHidden } from '@/lib/text/hidden-characters'
import { clearLine, guardOutput } from './output'

function stream(isTTY: boolean) {
  const written: (string | Uint8Array)[] = []
  const one = {
    isTTY,
    write: (chunk: string | Uint8Array, callback?: unknown): boolean => {
      written.push(chunk)
      if (typeof callback === 'function') (callback as () => void)()
      return true
    },
  }
  guardOutput(one)
  return { one, written, text: () => written.map((chunk) => (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).join('') }
}

const HOSTILE = 'a\u202eb\u009b31mc\u001b[2Jd\re\u{e0041}\ud800\u2066f\u0085'

test('nothing hidden reaches a terminal, whatever a command writes, and lines stay', () => {
  const { one, text } = stream(true)
  one.write(`${HOSTILE}\n\tnext\n`)
  expect(text()).toBe(String.raw`a\u202eb\u009b31mc\u001b[2Jd\u000de\udb40\udc41\ud800\u2066f\u0085` + '\n\tnext\n')
})

test.each([true, false])('JSON is escaped and means the same: on a terminal %j', (isTTY) => {
  const { one, text } = stream(isTTY)
  const value = { name: HOSTILE, 'k\u202e': [1, 'é', '日本'] }
  one.write(`${JSON.stringify(value)}\n`)
  expect(JSON.parse(text())).toEqual(value)
  expect(Array.from(text().trim()).filter((character) => hasHidden(character))).toEqual([])
  expect(text()).toContain('日本')
})

test('bytes for a program stay as they are; for a terminal they are text, also when a character is cut in two', () => {
  const bytes = Buffer.from('x\u202ey')
  const program = stream(false)
  program.one.write(bytes)
  expect(program.written).toEqual([bytes])
  const terminal = stream(true)
  terminal.one.write(bytes.subarray(0, 2))
  terminal.one.write(bytes.subarray(2))
  expect(terminal.text()).toBe('x\\u202ey')
})

test('text that is no JSON stays as it is for a program', () => {
  const { one, text } = stream(false)
  one.write('# \u00a0\n')
  expect(text()).toBe('# \u00a0\n')
})

test('callbacks are called, and a progress may empty its line', () => {
  const { one, text } = stream(true)
  let called = 0
  one.write('a', () => called++)
  clearLine(one)
  expect(called).toBe(1)
  expect(text()).toBe('a\r\u001b[K')
})
