/** At the window, so after everything that takes files has had its say. */
const GUARD = `addEventListener('dragover', (event) => {
  if (event.defaultPrevented || !event.dataTransfer.types.includes('Files')) return
  event.preventDefault()
  event.dataTransfer.dropEffect = 'none'
})`

/**
 * Files dropped where nothing takes them, or before what takes them is hydrated, are refused, and the cursor says so while they
 * are held: browsers would open them, some in place of the page. Inline, because it has to be there before any other script.
 */
export function DropGuard({ nonce }: { nonce: string | undefined }) {
  return <script nonce={nonce} dangerouslySetInnerHTML={{ __html: GUARD }} />
}
