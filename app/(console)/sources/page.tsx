import { IconDatabaseImport } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { createLoader, createSerializer, parseAsInteger, type SearchParams } from 'nuqs/server'
import { createPushTokenAction, revokePushTokenAction } from '@/app/(console)/sources/actions'
import { ImportTable } from '@/components/sources/import-table'
import { LiveSources } from '@/components/sources/live-sources'
import { PushCommands } from '@/components/sources/push-commands'
import { PushTokens } from '@/components/sources/push-tokens'
import { SourceTable } from '@/components/sources/source-table'
import classes from '@/components/sources/sources-page.module.css'
import { UploadList } from '@/components/sources/upload-list'
import { UploadZone } from '@/components/sources/upload-zone'
import { WatchedFolders } from '@/components/sources/watched-folders'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { listImports, listPushTokens, listSources } from '@/lib/ingest/queries'
import { readEnv } from '@/lib/env'
import { getContext } from '@/lib/web/context'
import { requestOrigin } from '@/lib/web/origin'
import { getRuntime } from '@/lib/web/runtime'

export const metadata: Metadata = { title: 'Sources' }

const PAGE = 50
/** `before`: the import at which the page before this one ended. */
const parameters = { before: parseAsInteger }
const load = createLoader(parameters)
const serialize = createSerializer(parameters)

export default async function SourcesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const context = getContext()
  const { before } = await load(searchParams)
  const [sources, tokens, found, head] = await Promise.all([
    listSources(context),
    listPushTokens(context),
    listImports(context, { limit: PAGE + 1, before: before ?? undefined }),
    headers(),
  ])
  const imports = found.slice(0, PAGE)
  const { uploads, ...runtime } = getRuntime()
  const watched = runtime.watched()
  const more = found.length > PAGE ? imports.at(-1)?.id : undefined
  return (
    <Page>
      <PageHeader title="Sources" description="Bring events in, and see what became of every record." />
      <LiveSources />
      <div className={classes.stack}>
        <div className={classes.ways}>
          <UploadZone />
          <Panel title="Push events" description="The same intake without a browser: a 2xx answer means stored.">
            <PushCommands origin={requestOrigin(head)} dataDir={readEnv().dataDir} needsToken={tokens.length > 0} />
          </Panel>
        </div>
        <UploadList />
        {watched.length > 0 && <WatchedFolders folders={watched} />}
        <PushTokens tokens={tokens} origin={requestOrigin(head)} create={createPushTokenAction} revoke={revokePushTokenAction} />
        <Panel title="Sources" count={sources.length} flush>
          {sources.length === 0 ? (
            <EmptyState size="inline" icon={<IconDatabaseImport size={22} stroke={1.6} />} title="Nothing has been received yet">
              <p>Each upload or push names its source; here is then when it was last heard of, and how its records fared.</p>
            </EmptyState>
          ) : (
            <SourceTable sources={sources} />
          )}
        </Panel>
        {(imports.length > 0 || before !== null) && (
          <Panel title={before === null ? 'Recent imports' : 'Earlier imports'} flush>
            <ImportTable imports={imports} waiting={uploads.waitingImports()} />
            {(more !== undefined || before !== null) && (
              <nav aria-label="Pages of imports" className={classes.pages}>
                {before !== null && (
                  <ButtonLink href="/sources" variant="default">
                    Newest
                  </ButtonLink>
                )}
                {more !== undefined && (
                  <ButtonLink href={serialize('/sources', { before: more })} variant="default">
                    Earlier imports
                  </ButtonLink>
                )}
              </nav>
            )}
          </Panel>
        )}
      </div>
    </Page>
  )
}
