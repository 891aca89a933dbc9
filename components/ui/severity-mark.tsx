/** How bad an alert would be if it were true, least first. */
export type Severity = 'low' | 'medium' | 'high' | 'critical'

/**
 * The shape of a severity, to be told apart without colour: a ring, a diamond, a triangle, and a filled octagon with an
 * exclamation mark. Takes its colour from the text around it.
 */
export function SeverityMark({ severity, size = 14 }: { severity: Severity; size?: number }) {
  return (
    <svg viewBox="0 0 14 14" width={size} height={size} aria-hidden="true" focusable="false">
      {severity === 'low' && <circle cx="7" cy="7" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.8" />}
      {severity === 'medium' && <path d="M7 1.8 12.2 7 7 12.2 1.8 7Z" fill="currentColor" />}
      {severity === 'high' && <path d="M7 1.6 13 12.2H1Z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" strokeWidth="1" />}
      {severity === 'critical' && (
        <>
          <path d="M4.4 .8h5.2L13.2 4.4v5.2L9.6 13.2H4.4L.8 9.6V4.4Z" fill="currentColor" />
          <path d="M7 3.6v4" stroke="var(--tone-on-mark, #fff)" strokeWidth="1.7" strokeLinecap="round" />
          <circle cx="7" cy="10.2" r="1" fill="var(--tone-on-mark, #fff)" />
        </>
      )}
    </svg>
  )
}
