import type { Metadata } from 'next'
import { createLoader, createSerializer, parseAsInteger, parseAsStringLiteral, type SearchParams } from 'nuqs/server'
import { HeldBackTable } from '@/components/exceptions/held-back-table'
import { ButtonLink } from '@/components/ui/button-link'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { listHeldBack, startOfDay } from '@/lib/exceptions/held-back'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Held back' }
export const dynamic = 'force-dynamic'

const PAGE_SIZE = 50
const parameters = { page: parseAsInteger.withDefault(1), since: parseAsStringLiteral(['today', 'all'] as const).withDefault('all') }
const load = createLoader(parameters)
const serialize = createSerializer(parameters)

/** What all exceptions held back: of today (UTC), or of all time. */
export default async function HeldBackPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const context = getContext()
  const { page: asked, since } = await load(searchParams)
  const page = Math.max(1, asked)
  const list = await listHeldBack(context, { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE, ...(since === 'today' ? { since: startOfDay(context.clock()) } : {}) })
  return (
    <Page>
      <PageHeader
        title={since === 'today' ? 'Held back today' : 'Held back'}
        breadcrumb={[{ label: 'Exceptions', href: '/exceptions' }]}
        description={since === 'today' ? 'What exceptions kept from becoming alerts since midnight UTC.' : 'What exceptions kept from becoming alerts.'}
        actions={
          <ButtonLink href={serialize('/exceptions/held-back', { since: since === 'today' ? 'all' : 'today' })} variant="default">
            {since === 'today' ? 'Show all' : 'Show today'}
          </ButtonLink>
        }
      />
      <HeldBackTable list={list} ofAll page={page} pageSize={PAGE_SIZE} hrefOf={(next) => serialize('/exceptions/held-back', { since, page: next })} />
    </Page>
  )
}
