/**
 * command-line: reads a command line as an analyst does, without running or trusting any of it: where it names an instance
 * metadata service, which of its paths, and which words are secrets that a screenshot should not carry.
 */

import { imdsRequestsIn } from '@/lib/ecs/imds-requests'
import { secretSpans } from '@/lib/text/secrets'

export interface CommandPart {
  readonly kind: 'plain' | 'imds' | 'path' | 'secret'
  readonly text: string
}

interface Span {
  readonly kind: CommandPart['kind']
  readonly start: number
  readonly end: number
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
  const secrets = secretSpans(text).map((span): Span => ({ kind: 'secret', ...span }))
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
