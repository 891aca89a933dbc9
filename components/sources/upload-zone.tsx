'use client'

import { Button, TextInput } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileUpload, IconUpload } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { uploadStore } from '@/components/sources/upload-store'
import classes from './upload-zone.module.css'

/**
 * Where files are dropped: several at once, whole folders, or chosen with a button. Any file is taken; what it is is told
 * from its content by the server.
 */
export function UploadZone({ size = 'panel' }: { size?: 'panel' | 'page' }) {
  const [source, setSource] = useState('upload')
  const open = useRef<() => void>(null)
  const add = (files: readonly File[]) => uploadStore.addFiles(files, source.trim() || 'upload')
  return (
    <div className={classes.root} data-size={size}>
      <Dropzone
        openRef={open}
        onDrop={add}
        activateOnClick={false}
        // The button below is the way in for the keyboard: a second stop around it would only be in the way.
        activateOnKeyboard={false}
        className={classes.zone}
        inputProps={{ 'aria-label': 'Event files', id: 'event-files' }}
      >
        <div className={classes.inner}>
          <span className={classes.icon} aria-hidden="true">
            <IconFileUpload size={26} stroke={1.5} />
          </span>
          <p className={classes.title}>Drop event files here</p>
          <p className={classes.hint}>
            Elastic Defend or other ECS documents as NDJSON or a JSON array; plain, gzip or zstd. Dropping a file twice stores nothing twice.
          </p>
          <div className={classes.controls}>
            <Button leftSection={<IconUpload size={15} stroke={1.8} />} onClick={() => open.current?.()}>
              Choose files…
            </Button>
            <TextInput
              aria-label="Source name"
              leftSection={<span className={classes.label}>Source</span>}
              leftSectionWidth={58}
              value={source}
              maxLength={200}
              onChange={(event) => setSource(event.currentTarget.value)}
              className={classes.source}
            />
          </div>
        </div>
      </Dropzone>
    </div>
  )
}
