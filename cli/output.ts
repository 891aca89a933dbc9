/**
 * What leaves on standard output and standard error. Telemetry is written by attackers, and one command that forgot to escape it would
 * let a record move the cursor, hide or reorder what an analyst reads: so everything passes here, whatever command wrote it.
 */
import { StringDecoder } from 'node:string_decoder'
import { replaceHidden } from '@/lib/text/hidden-characters'
import { printableJson } from '@/lib/text/printable'

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>

/** The stream's own way, for the few control sequences of ours. */
const own = new WeakMap<Stream, Stream['write']>()

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}

/** Text for a terminal: hidden characters as JSON writes them, so that JSON stays JSON. Lines and tabs stay. */
function forTerminal(text: string): string {
  return replaceHidden(text, (character) => (character === '\n' || character === '\t' ? character : escaped(character)))
}

/** For a program or a file only JSON is escaped: it means the same, and is safe wherever it is shown later. Other bytes stay as they are. */
function forProgram(text: string): string {
  return text.startsWith('{') && /[\u007f-\uffff]/.test(text) ? printableJson(text) : text
}

/** Escapes what is written to a stream from now on. */
export function guardOutput(stream: Stream): void {
  const write = stream.write.bind(stream)
  own.set(stream, write)
  const decoder = new StringDecoder('utf8')
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const callback = rest.find((one): one is (error?: Error | null) => void => typeof one === 'function')
    if (typeof chunk === 'string') return write(stream.isTTY ? forTerminal(chunk) : forProgram(chunk), callback)
    return stream.isTTY ? write(forTerminal(decoder.write(Buffer.from(chunk))), callback) : write(chunk, callback)
  }
}

/** Empties the line on a terminal that a progress is written over. */
export function clearLine(stream: Stream): void {
  const write = own.get(stream) ?? stream.write.bind(stream)
  write('\r\u001b[K')
}
