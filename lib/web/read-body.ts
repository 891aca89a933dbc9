import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

/**
 * Reads the whole body of a request as text, counting while it reads: beyond the cap it stops, however long the body is. Throws
 * `too_large` naming the cap, `invalid` for what is no UTF-8.
 */
export async function readText({ body, headers }: Pick<Request, 'body' | 'headers'>, maxBytes: number = LIMITS.formBytes): Promise<string> {
  const tooLarge = (): AppError => new AppError('too_large', `The body has more than ${maxBytes.toLocaleString('en')} bytes, which is the most that is taken here.`)
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  if (body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let size = 0
  let text = ''
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge()
      text += decoder.decode(chunk, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new AppError('invalid', 'The body is not text in UTF-8.')
    throw error
  }
}

/** Reads the whole body of a request as JSON; see `readText`. What it holds is unknown until a verb has parsed it. */
export async function readJson(request: Pick<Request, 'body' | 'headers'>, maxBytes?: number): Promise<unknown> {
  const text = await readText(request, maxBytes)
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('invalid', 'The body is not JSON.')
  }
}
