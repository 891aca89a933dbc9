import { IconCircleCheck } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { createLoader, createSerializer, parseAsInteger, parseAsString, type SearchParams } from 'nuqs/server'
import { CodeFilter } from '@/components/sources/code-filter'
import { RejectList } from '@/components/sources/reject-list'
import { DownloadLink } from '@/components/sources/download-link'
import classes from '@/components/sources/sources-page.module.css'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { countRejects, listRejects, listSources, readImport } from '@/lib/ingest/queries'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Rejected records' }

const PAGE = 100
/** `after`: the reject at which the page before this one ended. */
const parameters = { import: parseAsInteger, source: parseAsInteger, code: parseAsString, after: parseAsInteger }
const load = createLoader(parameters)
const serialize = createSerializer(parameters)

export default async function RejectsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const context = getContext()
  const wish = await load(searchParams)
  const of = { importId: wish.import ?? undefined, sourceId: wish.source ?? undefined }
  const [codes, found, imported, sources] = await Promise.all([
    countRejects(context, of),
    listRejects(context, { ...of, code: wish.code ?? undefined }, { limit: PAGE + 1, after: wish.after ?? 0 }),
    wish.import === null ? null : readImport(context, wish.import),
    wish.source === null ? [] : listSources(context),
  ])
  const rows = found.slice(0, PAGE)
  const more = found.length > PAGE ? rows.at(-1)?.id : undefined
  const kept = codes.reduce((sum, { count }) => sum + count, 0)
  const name = imported?.name ?? sources.find((source) => source.id === wish.source)?.name
  return (
    <Page>
      <PageHeader
        title="Rejected records"
        breadcrumb={[{ label: 'Sources', href: '/sources' }]}
        description={name === undefined ? 'Records that could not be stored, each with its place and the reason.' : `Records of ${name} that could not be stored, each with its place and the reason.`}
        actions={
          kept > 0 && (
            <DownloadLink href={serialize('/api/rejects', { import: wish.import, source: wish.source, code: wish.code })}>Download</DownloadLink>
          )
        }
      />
      <div className={classes.stack}>
        {imported && imported.rejected > kept && (
          <p>
            {imported.rejected.toLocaleString('en')} records were rejected; the first {kept.toLocaleString('en')} are kept.
          </p>
        )}
        {kept === 0 ? (
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
            <Panel title={wish.code ?? 'All reasons'} count={wish.code === null ? kept : (codes.find(({ code }) => code === wish.code)?.count ?? 0)} flush>
              <RejectList rejects={rows} showImport={wish.import === null} />
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
    </Page>
  )
}
