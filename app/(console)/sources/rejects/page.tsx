import { IconArchiveOff, IconCircleCheck } from '@tabler/icons-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { createLoader, createSerializer, parseAsInteger, parseAsString, parseAsStringLiteral, type SearchParams } from 'nuqs/server'
import { editRejectAction, readRejectAction, retryRejectsAction } from '@/app/(console)/sources/rejects/actions'
import { CodeFilter } from '@/components/sources/code-filter'
import { RejectDialogs } from '@/components/sources/reject-dialogs'
import { RejectList } from '@/components/sources/reject-list'
import { RetryButton } from '@/components/sources/retry-button'
import { StateFilter } from '@/components/sources/state-filter'
import { DownloadLink } from '@/components/sources/download-link'
import classes from '@/components/sources/sources-page.module.css'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { countRejects, listRejects, listSources, readImport } from '@/lib/ingest/queries'
import { REJECT_STATES } from '@/lib/ingest/schema'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Rejected records' }

const PAGE = 100
const ACTIONS = { retry: retryRejectsAction, read: readRejectAction, edit: editRejectAction }
/** `after`: the reject at which the page before this one ended. */
const parameters = { import: parseAsInteger, source: parseAsInteger, code: parseAsString, state: parseAsStringLiteral(REJECT_STATES).withDefault('open'), after: parseAsInteger }
const load = createLoader(parameters)
const serialize = createSerializer(parameters)

export default async function RejectsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const context = getContext()
  const wish = await load(searchParams)
  const of = { importId: wish.import ?? undefined, sourceId: wish.source ?? undefined }
  const { state } = wish
  const [codes, others, found, imported, sources] = await Promise.all([
    countRejects(context, { ...of, state }),
    countRejects(context, { ...of, state: state === 'open' ? 'resolved' : 'open' }),
    listRejects(context, { ...of, state, code: wish.code ?? undefined }, { limit: PAGE + 1, after: wish.after ?? 0 }),
    wish.import === null ? null : readImport(context, wish.import),
    wish.source === null ? [] : listSources(context),
  ])
  const rows = found.slice(0, PAGE)
  const more = found.length > PAGE ? rows.at(-1)?.id : undefined
  const kept = codes.reduce((sum, { count }) => sum + count, 0)
  const other = others.reduce((sum, { count }) => sum + count, 0)
  const shown = wish.code === null ? kept : (codes.find(({ code }) => code === wish.code)?.count ?? 0)
  const source = sources.find(({ id }) => id === wish.source)
  // Nothing else deletes what was kept of rejected records.
  const removed = kept + other > 0 || imported?.retryOf != null ? 0 : (imported?.rejected ?? source?.rejected ?? 0)
  const name = imported?.name ?? source?.name
  return (
    <Page>
      <RejectDialogs actions={ACTIONS}>
        <PageHeader
          title="Rejected records"
          breadcrumb={[{ label: 'Sources', href: '/sources' }]}
          description={name === undefined ? 'Records that could not be stored, each with its place and the reason.' : `Records of ${name} that could not be stored, each with its place and the reason.`}
          actions={
            kept > 0 && (
              <>
                <DownloadLink href={serialize('/api/rejects', { import: wish.import, source: wish.source, code: wish.code, state })}>Download</DownloadLink>
                {state === 'open' && shown > 0 && <RetryButton selection={{ ...of, code: wish.code ?? undefined }} count={shown} />}
              </>
            )
          }
        />
        <div className={classes.stack}>
          {imported && imported.retryOf === null && removed === 0 && imported.rejected > kept + other && (
            <p>
              {imported.rejected.toLocaleString('en')} records were rejected; the first {(kept + other).toLocaleString('en')} are kept.
            </p>
          )}
          {imported?.retryOf != null && (
            <p>
              This import retried records; what was rejected again stays with <Link href={serialize('/sources/rejects', { import: imported.retryOf })}>the import that rejected them first</Link>.
            </p>
          )}
          {kept + other > 0 && (
            <StateFilter
              current={state}
              items={REJECT_STATES.map((one) => ({ state: one, count: one === state ? kept : other, href: serialize('/sources/rejects', { ...wish, state: one, code: null, after: null }) }))}
            />
          )}
          {kept === 0 && other > 0 ? (
            <EmptyState icon={<IconCircleCheck size={26} stroke={1.6} />} title={state === 'open' ? 'All of them were stored later' : 'None of them was stored yet'}>
              <p>{state === 'open' ? 'What was rejected here could be stored by a retry. It is kept with its first bytes and the import that stored it.' : 'A record that a retry could store is listed here, with the import that stored it.'}</p>
            </EmptyState>
          ) : removed > 0 ? (
            <EmptyState icon={<IconArchiveOff size={26} stroke={1.6} />} title="Deleted by retention" action={<ButtonLink href="/settings">Settings</ButtonLink>}>
              <p>
                {removed === 1 ? 'One record was' : `${removed.toLocaleString('en')} records were`} rejected. What was kept of {removed === 1 ? 'it' : 'them'} went with its time; the counts stay.
              </p>
            </EmptyState>
          ) : kept === 0 ? (
            <EmptyState icon={<IconCircleCheck size={26} stroke={1.6} />} title="Nothing was rejected" action={<ButtonLink href="/sources">Back to sources</ButtonLink>}>
              <p>A record that cannot be stored is kept here by itself, with its place in the file, the reason and its bytes.</p>
            </EmptyState>
          ) : (
            <>
              <CodeFilter
                codes={codes.map(({ code, count }) => ({ code, count, href: serialize('/sources/rejects', { ...wish, code, after: null }) }))}
                all={{ count: kept, href: serialize('/sources/rejects', { ...wish, code: null, after: null }) }}
                current={wish.code}
              />
              <Panel title={wish.code ?? 'All reasons'} count={shown} flush>
                {rows.length === 0 ? (
                  <EmptyState size="inline" icon={<IconCircleCheck size={22} stroke={1.6} />} title="None of these is left">
                    <p>Other records are rejected still: choose another reason.</p>
                  </EmptyState>
                ) : (
                  <RejectList rejects={rows} showImport={wish.import === null} />
                )}
                {(more !== undefined || wish.after !== null) && (
                  <nav aria-label="Pages of rejected records" className={classes.pages}>
                    {wish.after !== null && (
                      <ButtonLink href={serialize('/sources/rejects', { ...wish, after: null })} variant="default">
                        First
                      </ButtonLink>
                    )}
                    {more !== undefined && (
                      <ButtonLink href={serialize('/sources/rejects', { ...wish, after: more })} variant="default">
                        Next {PAGE}
                      </ButtonLink>
                    )}
                  </nav>
                )}
              </Panel>
            </>
          )}
        </div>
      </RejectDialogs>
    </Page>
  )
}
