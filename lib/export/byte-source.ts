import { open } from 'node:fs/promises'

/** A file or bytes in memory, read by place. */
export interface ByteSource {
  readonly size: number
  /** Fewer bytes than asked for at the end. */
  read(at: number, length: number): Promise<Buffer>
  stream(at: number, length: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

const CHUNK = 1024 * 1024

export async function openSource(source: string | Buffer): Promise<ByteSource> {
  if (typeof source !== 'string') return sourceOf(source.length, (at, length) => Promise.resolve(source.subarray(at, at + length)), () => Promise.resolve())
  const file = await open(source, 'r')
  const { size } = await file.stat()
  const read = async (at: number, length: number) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - at)))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, at + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
  return sourceOf(size, read, () => file.close())
}

function sourceOf(size: number, read: ByteSource['read'], close: ByteSource['close']): ByteSource {
  async function* stream(at: number, length: number): AsyncGenerator<Buffer> {
    for (let done = 0; done < length; ) {
      const chunk = await read(at + done, Math.min(CHUNK, length - done))
      if (chunk.length === 0) return
      done += chunk.length
      yield chunk
    }
  }
  return { size, read, stream, close }
}
