import { Upload, defaultOptions, type PreviousUpload } from 'tus-js-client'
import { idOf, readLeft } from '@/components/sources/send-file'

/** An upload that an earlier page began: the server holds it open, the file has to be given again. */
export interface LeftUpload {
  readonly id: string
  readonly name: string
  readonly size: number
  /** Bytes that the server has stored. */
  readonly offset: number
  readonly forget: () => Promise<void>
}

/** What this browser began and the server still holds open. What has ended since is forgotten. */
export async function findLeftUploads(): Promise<readonly LeftUpload[]> {
  const { urlStorage } = defaultOptions
  const look = async ({ uploadUrl, urlStorageKey, metadata }: PreviousUpload): Promise<LeftUpload | null> => {
    const state = await readLeft(idOf(uploadUrl))
    if (state === 'gone' || uploadUrl === null) await urlStorage.removeUpload(urlStorageKey)
    if (state === null || state === 'gone' || uploadUrl === null) return null
    return {
      id: idOf(uploadUrl),
      name: metadata['filename'] ?? '',
      size: state.length,
      offset: state.offset,
      forget: async () => {
        await urlStorage.removeUpload(urlStorageKey)
        await Upload.terminate(uploadUrl)
      },
    }
  }
  const found = await Promise.all((await urlStorage.findAllUploads()).map(look))
  return found.filter((left) => left !== null)
}
