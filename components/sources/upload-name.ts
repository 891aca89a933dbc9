/** The longest name of an import; of a longer path the end says more. */
const LONGEST = 500

interface Dropped {
  readonly name: string
  readonly webkitRelativePath?: string
  /** Set by the drop zone: `/folder/file` for one from a folder, `./file` for another. */
  readonly relativePath?: string
}

/** What a dropped file is called: with the folders below the one that was dropped. */
export function uploadName({ name, webkitRelativePath = '', relativePath = '' }: Dropped): string {
  const path = (webkitRelativePath || relativePath || name).replace(/^\.?\/+/, '')
  return path.length <= LONGEST ? path : `…${path.slice(1 - LONGEST)}`
}

/** What systems leave in folders and nobody means to send. */
const LITTER = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini'])

export function isLitter({ name }: { readonly name: string }): boolean {
  return LITTER.has(name)
}
