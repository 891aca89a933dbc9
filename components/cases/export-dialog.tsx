'use client'

import { Alert, Button, Checkbox, Group, Modal, TextInput } from '@mantine/core'
import { IconDownload, IconFileZip } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { CaseActions } from '@/components/cases/case-actions'
import { TlpBadge } from '@/components/cases/case-badges'
import { useCommands } from '@/components/ui/commands/command-provider'
import { CopyButton } from '@/components/ui/copy-button'
import { ListSkeleton } from '@/components/ui/skeletons'
import { caseRef, type CaseDetail } from '@/lib/cases/schema'
import { LIST_PATHS } from '@/lib/export/schema'
import type { ExportPreview } from '@/lib/export/schema'
import classes from './cases.module.css'

/** Time for the audit row of a download to be written before the page is asked for again. */
const AUDIT_MS = 1500

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

interface ExportButtonProps {
  readonly detail: Pick<CaseDetail, 'id' | 'tlp'>
  readonly preview: CaseActions['previewExport']
}

/** "Export…": says what the ZIP holds and what it does not, with its digest, before it is downloaded. */
export function ExportButton({ detail, preview }: ExportButtonProps) {
  const [opened, setOpened] = useState(false)
  const open = () => setOpened(true)
  useCommands([{ id: 'case.export', label: 'Export the case…', group: 'Case', icon: <IconFileZip size={18} stroke={1.7} />, run: open }])
  return (
    <>
      <Button leftSection={<IconFileZip size={15} stroke={1.7} />} onClick={open}>
        Export…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Export ${caseRef(detail.id)}`} size={620}>
        {opened && <ExportContents detail={detail} preview={preview} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

function ExportContents({ detail, preview, onClose }: ExportButtonProps & { onClose: () => void }) {
  const router = useRouter()
  const [found, setFound] = useState<ExportPreview>()
  const [failure, setFailure] = useState<string>()
  const [downloaded, setDownloaded] = useState(false)
  const [showing, setShowing] = useState(false)
  const [reason, setReason] = useState('')

  useEffect(() => {
    let current = true
    const load = async () => {
      try {
        const result = await preview(detail.id)
        if (!current) return
        if (result.ok) setFound(result.value)
        else setFailure(result.error.message)
      } catch {
        if (current) setFailure('The server did not answer. Try again.')
      }
    }
    void load()
    return () => {
      current = false
    }
  }, [preview, detail.id])

  if (failure !== undefined) {
    return (
      <Alert color="red" role="alert">
        {failure}
      </Alert>
    )
  }
  if (!found) return <ListSkeleton rows={7} label="Reading and hashing the case" />
  const { counts } = found
  const facts = [
    ['Alerts', counts['alerts'] ?? 0],
    ['Records', counts['records'] ?? 0],
    ['Hosts', counts['hosts'] ?? 0],
    ['Notes', counts['notes'] ?? 0],
    ['Files', found.files.length + LIST_PATHS.length],
  ] as const
  return (
    <div className={classes.form}>
      <p>
        One ZIP with the report, the records exactly as they were ingested, process trees, checklists, notes, the rules and exceptions involved, and a list of digests. Anyone can
        check it with <code>sha256sum -c</code>, or with <code>linklocal case verify</code>.
      </p>
      <dl className={classes.exportFacts}>
        {facts.map(([name, value]) => (
          <div key={name} className={classes.exportFact}>
            <dt>{name}</dt>
            <dd>{value.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes.files} aria-label="Files in the ZIP" tabIndex={0}>
        <table>
          <tbody>
            {found.files.map((file) => (
              <tr key={file.path}>
                <th scope="row">{file.path}</th>
                <td>{size(file.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div>
        <p>
          Marked <TlpBadge tlp={detail.tlp} />. Before it leaves:
        </p>
        <ul className={classes.list}>
          {found.secretFiles.length > 0 && (
            <li>
              <strong>Secrets stand in {found.secretFiles.length === 1 ? 'one file' : `${found.secretFiles.length} files`}:</strong> {found.secretFiles.join(', ')}.
            </li>
          )}
          {found.leftOut.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
      <Checkbox label="Show secrets in the report, the timeline and the trees as text" checked={showing} onChange={(event) => setShowing(event.currentTarget.checked)} />
      {showing && (
        <TextInput
          label="Why"
          description="The audit log keeps it. The ZIP then has another digest than the one below."
          value={reason}
          maxLength={500}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <div>
        <p className={classes.quiet}>
          {found.fileName}, {size(found.zipBytes)}. SHA-256 of the ZIP:
        </p>
        <span className={classes.digest}>
          {found.zipSha256} <CopyButton value={found.zipSha256} label="Copy the SHA-256 of the ZIP" />
        </span>
      </div>
      <output className={classes.quiet}>
        {downloaded && 'The download has begun. Who took it, when, and both digests are in the audit log. Unless the case changes, every download gives these same bytes.'}
      </output>
      <Group justify="flex-end" gap="sm">
        <Button
          variant="default"
          onClick={() => {
            if (downloaded) router.refresh()
            onClose()
          }}
        >
          {downloaded ? 'Close' : 'Cancel'}
        </Button>
        <Button
          component="a"
          href={`/api/cases/${caseRef(detail.id)}/export${showing ? `?${new URLSearchParams({ 'show-secrets': reason.trim() })}` : ''}`}
          data-disabled={(showing && reason.trim() === '') || undefined}
          aria-disabled={showing && reason.trim() === ''}
          download={found.fileName}
          leftSection={<IconDownload size={15} stroke={1.7} />}
          onClick={() => {
            setDownloaded(true)
            setTimeout(() => router.refresh(), AUDIT_MS)
          }}
        >
          Download ZIP
        </Button>
      </Group>
    </div>
  )
}
