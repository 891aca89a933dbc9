/**
 * Response headers of every answer. Scripts run by nonce only: telemetry is text written by attackers, and should some of it
 * ever reach the page as markup, it stays inert. Styles are inline because Mantine writes its variables into style elements.
 */
export interface HeaderOptions {
  /** The nonce of this response, base64. Next puts it on its own scripts when it finds it in the request's policy. */
  readonly nonce: string
  /** `next dev` compiles with eval and talks to the browser over a WebSocket. */
  readonly dev: boolean
}

/** The content security policy: nothing but this server, no frames around or inside. */
export function contentSecurityPolicy({ nonce, dev }: HeaderOptions): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** All of them, names in lower case. A route may replace one, as a download does that wants a stricter policy. */
export function securityHeaders(options: HeaderOptions): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(options),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Not no-referrer: that turns the Origin of a form's own POST into "null".
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'x-dns-prefetch-control': 'off',
  }
}
