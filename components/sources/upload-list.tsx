'use client'

import { Button } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { UploadRow } from '@/components/sources/upload-row'
import { isUnderWay, uploadStore } from '@/components/sources/upload-store'
import { useUploads } from '@/components/sources/use-uploads'
import { Panel } from '@/components/ui/panel'

/** The uploads of this tab; nothing while there are none. When one has ended, the page around it is read anew. */
export function UploadList() {
  const uploads = useUploads()
  const router = useRouter()
  const ended = uploads.filter((upload) => upload.summary !== null).length
  const known = useRef(ended)
  useEffect(() => {
    if (ended > known.current) router.refresh()
    known.current = ended
  }, [ended, router])

  const [last] = uploads.filter((upload) => !isUnderWay(upload)).slice(-1)
  const said = last === undefined ? '' : `${last.name}: ${last.summary ? `${last.summary.stored} stored, ${last.summary.rejected} rejected, ${last.summary.alerts} alerts raised` : (last.problem ?? '')}`
  return (
    <>
      <output className="visually-hidden">{said}</output>
      {uploads.length > 0 && (
        <Panel
          title="Uploads"
          count={uploads.length}
          flush
          actions={
            uploads.some((upload) => !isUnderWay(upload)) && (
              <Button variant="subtle" color="gray" size="compact-sm" onClick={uploadStore.clear}>
                Clear finished
              </Button>
            )
          }
        >
          <ul aria-label="Uploads" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {uploads.map((upload) => (
              <UploadRow key={upload.key} upload={upload} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
