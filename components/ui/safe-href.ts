/**
 * The address of a link that somebody else wrote, or undefined when a browser should not be led there: only absolute http
 * and https without credentials, so neither `javascript:` nor an address that looks like another host.
 */
export function safeHref(href: string): string | undefined {
  let url: URL
  try {
    url = new URL(href)
  } catch {
    return undefined
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  return url.username === '' && url.password === '' ? url.href : undefined
}
