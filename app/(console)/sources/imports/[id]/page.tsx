import { IconRadar2 } from '@tabler/icons-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { alertsHref } from '@/components/overview/alert-links'
import { CodeFilter } from '@/components/sources/code-filter'
import { ImportFacts } from '@/components/sources/import-facts'
import classes from '@/components/sources/import-page.module.css'
import { ImportStatus } from '@/components/sources/import-status'
import { LiveSources } from '@/components/sources/live-sources'
import { RunRules } from '@/components/sources/run-rules'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/machine-text/mono'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { readImportRun } from '@/lib/detect/run-queries'
import type { DetectionRun } from '@/lib/detect/schema'
import { countRejects, readImport } from '@/lib/ingest/queries'
import type { ImportRecord } from '@/lib/ingest/schema'
import { getContext } from '@/lib/web/context'

interface Props {
  readonly params: Promise<{ id: string }>
}

async function importOf({ params }: Props): Promise<ImportRecord> {
  const { id } = await params
  const record = /^\d{1,15}$/.test(id) ? await readImport(getContext(), Number(id)) : null
  return record ?? notFound()
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { name } = await importOf(props)
  return { title: `Import ${name}` }
}

/** What is said of an import that still runs may be otherwise in a moment. */
function soFar({ status }: ImportRecord): string {
  return status === 'running' ? ' so far' : ''
}

function Detection({ record, run }: { record: ImportRecord; run: DetectionRun | null }) {
  if (run === null) return <p>It was taken in by a version of Linklocal that did not log its runs.</p>
  if (run.rules.length > 0 || run.setAsideEvents.length > 0) return <RunRules run={run} />
  return (
    <EmptyState size="inline" icon={<IconRadar2 size={22} stroke={1.6} />} title={`No rule had anything to do${soFar(record)}`}>
      <p>{record.stored === 0 ? `Nothing new was stored${soFar(record)}.` : `None of the ${record.stored.toLocaleString('en')} events stored${soFar(record)} satisfies a stage of a rule that is switched on.`}</p>
    </EmptyState>
  )
}

/** One import: what came, what became of it, and what each rule did with it. */
export default async function ImportPage(props: Props) {
  const record = await importOf(props)
  const context = getContext()
  const [run, codes] = await Promise.all([readImportRun(context, record.id), countRejects(context, { importId: record.id, state: 'open' })])
  const remarks = [...(record.error === null ? [] : [record.error]), ...record.notes]
  const kept = codes.reduce((sum, { count }) => sum + count, 0)
  return (
    <Page>
      <PageHeader
        title={<Mono>{record.name}</Mono>}
        breadcrumb={[{ label: 'Sources', href: '/sources' }]}
        meta={<ImportStatus status={record.status} />}
        actions={
          record.alerts > 0 && (
            <ButtonLink href={alertsHref({ import: record.id, capped: true })} variant="default">
              {record.alerts.toLocaleString('en')} {record.alerts === 1 ? 'alert' : 'alerts'}
            </ButtonLink>
          )
        }
      />
      <LiveSources />
      <div className={classes.columns}>
        <div className={classes.stack}>
          {remarks.length > 0 && (
            <Panel title="Noticed">
              <ul className={classes.remarks}>
                {remarks.map((remark) => (
                  <li key={remark}>{remark}</li>
                ))}
              </ul>
            </Panel>
          )}
          <Panel title="What each rule did" flush={run !== null}>
            <Detection record={record} run={run} />
          </Panel>
          <Panel title="Rejected records" count={record.rejected}>
            {record.rejected === 0 ? (
              <p>Every record could be stored{soFar(record)}.</p>
            ) : record.retryOf !== null ? (
              <p>
                They were rejected again and stay with <Link href={`/sources/rejects?import=${record.retryOf}`}>the import that rejected them first</Link>.
              </p>
            ) : kept === 0 ? (
              <p>
                All that were kept <Link href={`/sources/rejects?import=${record.id}&state=resolved`}>could be stored later</Link>.
              </p>
            ) : (
              <div className={classes.rejects}>
                <CodeFilter
                  codes={codes.map(({ code, count }) => ({ code, count, href: `/sources/rejects?import=${record.id}&code=${encodeURIComponent(code)}` }))}
                  all={{ count: kept, href: `/sources/rejects?import=${record.id}` }}
                  current={null}
                />
                <p>
                  <Link href={`/sources/rejects?import=${record.id}`}>Look at them, each with its place and reason, and retry them</Link>
                  {record.resolved > 0 && `; ${record.resolved.toLocaleString('en')} could be stored later.`}
                </p>
              </div>
            )}
          </Panel>
        </div>
        <div className={classes.stack}>
          <ImportFacts record={record} run={run} />
        </div>
      </div>
    </Page>
  )
}
