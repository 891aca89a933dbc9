import { describe, expect, it } from 'vitest'
import { decodedWords } from '@/components/ui/command-line/decoded-words'

describe('decodedWords', () => {
  it.each([
    ['echo Y3VybCBodHRwOi8vMTY5LjI1NC4xNjkuMjU0Lw== | base64 -d | sh', 'base64', 'curl http://169.254.169.254/'],
    ['echo Y3VybCBodHRwOi8vMTY5LjI1NC4xNjkuMjU0Lw|sh', 'base64', 'curl http://169.254.169.254/'],
    ['curl http://x/?u=http%3A%2F%2F169.254.169.254%2F', 'URL', 'http://x/?u=http://169.254.169.254/'],
    [String.raw`printf '\x63\x75\x72\x6c'`, 'hex', 'curl'],
  ])('decodes %s', (text, encoding, decoded) => {
    expect(decodedWords(text)).toMatchObject([{ encoding, decoded }])
  })

  it.each([
    'cat /usr/lib/systemd/systemd-journald',
    'curl http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'sha256sum e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'date +%Y%m%d',
    'echo AAAAAAAAAAAAAAAAAAAAAAAA',
    'echo %ff%fe%fd',
  ])('finds nothing in %s', (text) => {
    expect(decodedWords(text)).toEqual([])
  })

  it('stops at eight', () => {
    expect(decodedWords(Array.from({ length: 20 }, (_, i) => `%41${i}`).join(' '))).toHaveLength(8)
  })
})
