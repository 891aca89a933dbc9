/**
 * command-line: reads a command line as an analyst does, without running or trusting any of it: where it names an instance
 * metadata service, which of its paths, and which words are secrets that a screenshot should not carry.
 */

import { imdsRequestsIn } from '@/lib/ecs/imds-requests'

export interface CommandPart {
  readonly kind: 'plain' | 'imds' | 'path' | 'secret'
  readonly text: string
}

const VALUE = String.raw`[^\s'"\x60]{4,}`
const SECRETS: readonly RegExp[] = [
  new RegExp(String.raw`((?:x-aws-ec2-metadata-token|x-amz-security-token|x-vault-token|private-token)\s{0,4}:\s{0,4})(${VALUE})`, 'gi'),
  new RegExp(String.raw`(authorization\s{0,4}:\s{0,4}(?:bearer|basic|token|aws4-hmac-sha256)?\s{0,4})(${VALUE})`, 'gi'),
  new RegExp(String.raw`((?:secret_?access_?key|session_?token|api_?key|passw(?:or)?d|access_token|x-amz-signature)["']?\s{0,4}[=:]\s{0,4}["']?)(${VALUE})`, 'gi'),
  new RegExp(String.raw`(--(?:password|passwd|token|secret|secret-key|api-key)[= ]["']?)(${VALUE})`, 'gi'),
  /()(\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g,
]

interface Span {
  readonly kind: CommandPart['kind']
  readonly start: number
  readonly end: number
}

function* secretSpans(text: string): Generator<Span> {
  for (const pattern of SECRETS) {
    for (const match of text.matchAll(pattern)) {
      const value = match[2] ?? ''
      // A variable or a substitution is the name of a secret, not the secret.
      if (/^[$<%]/.test(value)) continue
      const start = match.index + (match[1] ?? '').length
      yield { kind: 'secret', start, end: start + value.length }
    }
  }
}

function* imdsSpans(text: string): Generator<Span> {
  for (const { host, start, pathStart, end } of imdsRequestsIn(text)) {
    if (host !== null) yield { kind: 'imds', start, end: pathStart }
    if (end > pathStart) yield { kind: 'path', start: pathStart, end }
  }
}

/** Splits a command line into parts, in order and without loss: the texts joined are the input. */
export function commandParts(text: string): CommandPart[] {
  const parts: CommandPart[] = []
  // Where spans overlap the secret wins: it must stay masked whatever surrounds it.
  const secrets = [...secretSpans(text)]
  const others = [...imdsSpans(text)].filter((span) => !secrets.some((s) => span.start < s.end && s.start < span.end))
  let at = 0
  for (const span of [...secrets, ...others].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const start = Math.max(span.start, at)
    if (span.end <= start) continue
    if (start > at) parts.push({ kind: 'plain', text: text.slice(at, start) })
    parts.push({ kind: span.kind, text: text.slice(start, span.end) })
    at = span.end
  }
  if (at < text.length) parts.push({ kind: 'plain', text: text.slice(at) })
  return parts
}

export const MASK = '••••••••'

/** The text with each secret replaced, for the screen and for copies made while secrets are hidden. */
export function maskSecrets(text: string): string {
  return commandParts(text)
    .map((part) => (part.kind === 'secret' ? MASK : part.text))
    .join('')
}
