let id: string | undefined

/** Names this open page, so that the server knows its acts from those of others. Made anew by a reload, which also reads anew. */
export function tabId(): string {
  id ??= [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return id
}
