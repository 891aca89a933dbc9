'use client'

import { Button } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import { UploadRow } from '@/components/sources/upload-row'
import { isUnderWay, uploadStore } from '@/components/sources/upload-store'
import { uploadsShown } from '@/components/sources/uploads-shown'
import { useRefresh } from '@/components/sources/use-refresh'
import { useUploads } from '@/components/sources/use-uploads'
import { Panel } from '@/components/ui/panel'
import classes from './upload-row.module.css'

function Rest({ children }: { children: ReactNode }) {
  return <li className={classes.rest}>{children}</li>
}

/** The uploads of this tab; nothing while there are none. When all have ended, the page around them is read anew. */
export function UploadList() {
  const uploads = useUploads()
  const refresh = useRefresh()
  const ended = uploads.filter((upload) => upload.summary !== null).length
  const isSending = uploads.some(isUnderWay)
  const known = useRef(ended)
  const isStale = useRef(false)
  useEffect(() => {
    isStale.current ||= ended > known.current
    known.current = ended
    if (isSending || !isStale.current) return
    isStale.current = false
    refresh()
  }, [ended, isSending, refresh])

  const [last] = uploads.filter((upload) => !isUnderWay(upload) && upload.phase !== 'left').slice(-1)
  const { shown, earlier, waiting } = uploadsShown(uploads)
  const lost = uploads.find(({ phase }) => phase === 'lost')
  const said = last === undefined ? '' : `${last.name}: ${last.summary ? `${last.summary.stored} stored, ${last.summary.rejected} rejected, ${last.summary.alerts} alerts raised` : (last.problem ?? '')}`
  return (
    <>
      <output className="visually-hidden">{lost ? `${lost.name}: waiting for the connection` : said}</output>
      {uploads.length > 0 && (
        <Panel
          title="Uploads"
          count={uploads.length}
          flush
          actions={
            uploads.some((upload) => !isUnderWay(upload) && upload.phase !== 'left') && (
              <Button variant="subtle" color="gray" size="compact-sm" onClick={uploadStore.clear}>
                Clear finished
              </Button>
            )
          }
        >
          <ul aria-label="Uploads" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {earlier > 0 && <Rest>{earlier.toLocaleString('en')} more have been stored whole.</Rest>}
            {shown.map((upload) => (
              <UploadRow key={upload.key} upload={upload} />
            ))}
            {waiting > 0 && <Rest>{waiting.toLocaleString('en')} more wait for their turn.</Rest>}
          </ul>
        </Panel>
      )}
    </>
  )
}
