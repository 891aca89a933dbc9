'use client'

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileUpload, IconFolder, IconUpload } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import { FORMAT_CHOICES } from '@/components/sources/format-choices'
import { isLitter, uploadName } from '@/components/sources/upload-name'
import { uploadStore } from '@/components/sources/upload-store'
import { LIMITS } from '@/lib/limits'
import classes from './upload-zone.module.css'

/**
 * Where files are dropped: several at once, whole folders, or chosen with a button. Any file is taken; what it is is told
 * from its content by the server, unless the fields below say so.
 */
export function UploadZone({ size = 'panel' }: { size?: 'panel' | 'page' }) {
  const [source, setSource] = useState('upload')
  const [format, setFormat] = useState('auto')
  const [host, setHost] = useState('')
  const [problem, setProblem] = useState<string>()
  const open = useRef<() => void>(null)
  const folder = useRef<HTMLInputElement>(null)
  const note = useId()

  const blanks = /\s/.test(host.trim())

  const add = (all: readonly File[]) => {
    if (blanks) return setProblem('Nothing was taken: a host name has no blanks.')
    const files = all.filter((file) => !isLitter(file))
    if (files.length > LIMITS.uploadFiles) {
      const [dropped, most] = [files.length, LIMITS.uploadFiles].map((n) => n.toLocaleString('en'))
      return setProblem(`These are ${dropped} files; at most ${most} are taken at once, so none was. Give fewer, or read the folder where the console runs: linklocal ingest FOLDER.`)
    }
    setProblem(files.length === 0 ? 'There is no file in it.' : undefined)
    if (files.length > 0) uploadStore.addFiles(files, uploadName, { source: source.trim() || 'upload', format, host: host.trim() })
  }
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
          <p className={classes.title}>Drop event files or folders here</p>
          <p className={classes.hint}>
            Elastic Defend and other ECS documents as NDJSON, a JSON array or JSON objects one after another; auditd logs (audit.log, ausearch).
            Plain, gzip or zstd. Dropping a file twice stores nothing twice; one whose connection drops goes on where it stopped.
          </p>
          <div className={classes.controls}>
            <Button leftSection={<IconUpload size={15} stroke={1.8} />} onClick={() => open.current?.()}>
              Choose files…
            </Button>
            <Button variant="default" leftSection={<IconFolder size={15} stroke={1.8} />} onClick={() => folder.current?.click()}>
              Choose a folder…
            </Button>
            <input
              ref={folder}
              type="file"
              multiple
              hidden
              aria-label="Folder of event files"
              // React knows no property of this name; browsers do.
              {...{ webkitdirectory: '' }}
              onChange={(event) => {
                add([...(event.currentTarget.files ?? [])])
                // So that the same folder can be chosen again.
                event.currentTarget.value = ''
              }}
            />
          </div>
          <fieldset className={classes.fields}>
            <legend className="visually-hidden">What goes with the files</legend>
            <TextInput label="Source" value={source} maxLength={200} onChange={(event) => setSource(event.currentTarget.value)} />
            <NativeSelect label="Records are" value={format} data={FORMAT_CHOICES} onChange={(event) => setFormat(event.currentTarget.value)} />
            <TextInput
              label="Host of audit records"
              placeholder="if they do not name it"
              value={host}
              maxLength={255}
              error={blanks ? 'A host name has no blanks' : undefined}
              aria-describedby={note}
              onChange={(event) => setHost(event.currentTarget.value)}
            />
          </fieldset>
          <p id={note} className="visually-hidden">
            Audit records name their host only when auditd puts node= in front of them; for others it is given here.
          </p>
          <p role="alert" className={classes.problem}>
            {problem}
          </p>
        </div>
      </Dropzone>
    </div>
  )
}
