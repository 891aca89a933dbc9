import { describe, expect, it } from 'vitest'
import { isCharacter, isChord, keyCaps, matchSequence, pressName } from '@/components/ui/commands/key-sequence'

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

describe('isCharacter and isChord', () => {
  it.each([
    ['g', true, false],
    ['+', true, false],
    ['shift+j', true, false],
    ['Escape', false, false],
    ['mod+k', false, true],
    ['alt+n', false, true],
  ])('tell what %s is', (press, character, chord) => {
    expect(isCharacter(press)).toBe(character)
    expect(isChord(press)).toBe(chord)
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
