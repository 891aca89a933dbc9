import { IconBriefcase2 } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { createCaseAction } from '@/app/(console)/cases/actions'
import { CaseTable } from '@/components/cases/case-table'
import { NewCaseButton } from '@/components/cases/new-case-button'
import { EmptyState } from '@/components/ui/empty-state'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { listCases } from '@/lib/cases/queries'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Cases' }
export const dynamic = 'force-dynamic'

const SHOWN = 1_000

export default async function CasesPage() {
  const { rows, total, counts } = await listCases(getContext(), { limit: SHOWN })
  const button = <NewCaseButton create={createCaseAction} />
  return (
    <Page>
      <PageHeader title="Cases" description="Alerts that belong together, what was decided about them, and what goes to whoever is next." actions={total > 0 ? button : undefined} />
      {total === 0 ? (
        <EmptyState icon={<IconBriefcase2 size={26} stroke={1.6} />} title="No cases yet" action={button}>
          <p>
            When alerts belong together, select them in the queue, or open one, and choose <b>Add to case…</b> (or press <kbd>c</kbd>). A case exports as one ZIP: report, records as
            ingested, process trees, checklists and notes, with digests that anyone can check.
          </p>
        </EmptyState>
      ) : (
        <CaseTable cases={rows} total={total} counts={counts} />
      )}
    </Page>
  )
}
