import type { LiveEvent, LiveFeed } from './live-feed'

const BEAT_MS = 15_000
/** Events a page may leave unread; one that does not read is cut off, and resumes when it comes back. */
const UNREAD = 256

/** An event as text/event-stream has it. JSON has no line breaks outside of strings, and escapes those within. */
export function eventText(event: LiveEvent): string {
  const id = 'id' in event ? `id: ${event.id}\n` : ''
  return `${id}event: ${event.type}\ndata: ${JSON.stringify('data' in event ? event.data : {})}\n\n`
}

/** The feed as the body of an answer: a beat now and then keeps the connection known to be alive. */
export function liveStream(feed: LiveFeed, after: number | null, beatMs: number = BEAT_MS): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let end = (): void => undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string): void => {
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > 0) return
          end()
          controller.close()
        }
        send('retry: 2000\n\n')
        const unsubscribe = feed.subscribe(after, {
          on: (event) => send(eventText(event)),
          onClose: () => {
            clearInterval(beat)
            controller.close()
          },
        })
        const beat = setInterval(() => send(': beat\n\n'), beatMs)
        end = () => {
          clearInterval(beat)
          unsubscribe()
        }
      },
      cancel() {
        end()
      },
    },
    new CountQueuingStrategy({ highWaterMark: UNREAD }),
  )
}
