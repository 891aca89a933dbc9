import { readAnswer, type Answer } from '@/components/sources/upload-answers'

export interface Sending {
  readonly answer: Promise<Answer>
  /** Ends the transfer; `answer` then rejects with an AbortError. */
  readonly abort: () => void
}

interface SendOptions {
  readonly url: string
  readonly body: Blob | null
  /** Bytes handed to the connection so far. */
  readonly onSent: (bytes: number) => void
}

const LOST = 'The connection to the server was lost. What had arrived by then is stored; send the file again to add the rest.'

/** Sends a file as the body of a POST. XMLHttpRequest, because fetch does not tell how much it has sent. */
export function sendFile({ url, body, onSent }: SendOptions): Sending {
  const request = new XMLHttpRequest()
  const answer = new Promise<Answer>((resolve, reject) => {
    request.upload.addEventListener('progress', (event) => onSent(event.loaded))
    request.addEventListener('load', () => resolve(readAnswer(request.status, request.responseText)))
    request.addEventListener('error', () => resolve({ ok: false, message: LOST }))
    request.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')))
  })
  request.open('POST', url)
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.send(body)
  return { answer, abort: () => request.abort() }
}
