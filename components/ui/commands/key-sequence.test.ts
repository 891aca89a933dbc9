import { describe, expect, it } from 'vitest'
import { isCharacterShortcut, keyCaps, matchSequence, pressName } from '@/components/ui/commands/key-sequence'

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('pressName', () => {
  it.each([
    [{ ...plain, key: 'j' }, 'j'],
    [{ ...plain, key: 'J', shiftKey: true }, 'shift+j'],
    [{ ...plain, key: '?', shiftKey: true }, '?'],
    [{ ...plain, key: 'k', metaKey: true }, 'mod+k'],
    [{ ...plain, key: 'k', ctrlKey: true }, 'mod+k'],
    [{ ...plain, key: 'Enter', shiftKey: true }, 'shift+Enter'],
    [{ ...plain, key: ' ' }, 'Space'],
    [{ ...plain, key: 'Shift', shiftKey: true }, undefined],
  ])('names %o', (press, name) => {
    expect(pressName(press)).toBe(name)
  })
})

describe('matchSequence', () => {
  const known = ['a', 'g a', 'g e', 'j', '?']
  it.each([
    [['a'], { kind: 'run', keys: 'a' }],
    [['g'], { kind: 'wait', presses: ['g'] }],
    [['g', 'a'], { kind: 'run', keys: 'g a' }],
    [['g', 'j'], { kind: 'run', keys: 'j' }],
    [['g', 'g'], { kind: 'wait', presses: ['g'] }],
    [['z'], { kind: 'none' }],
    [['g', 'z'], { kind: 'none' }],
  ])('after %j', (presses, match) => {
    expect(matchSequence(presses, known)).toEqual(match)
  })
})

describe('isCharacterShortcut', () => {
  it('tells text from chords', () => {
    expect(isCharacterShortcut('g a')).toBe(true)
    expect(isCharacterShortcut('shift+j')).toBe(true)
    expect(isCharacterShortcut('mod+k')).toBe(false)
  })
})

describe('keyCaps', () => {
  it.each([
    ['g a', false, [['g'], ['a']]],
    ['mod+k', false, [['Ctrl', 'K']]],
    ['mod+k', true, [['⌘', 'K']]],
    ['shift+j', false, [['Shift', 'J']]],
    ['ArrowDown', false, [['↓']]],
    ['?', false, [['?']]],
    ['+', false, [['+']]],
  ])('draws %s (Apple: %s)', (keys, apple, caps) => {
    expect(keyCaps(keys, apple)).toEqual(caps)
  })
})
