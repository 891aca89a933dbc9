import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { addCaseNoteAction, previewExportAction, removeAlertAction, updateCaseAction } from '@/app/(console)/cases/actions'
import type { CaseActions } from '@/components/cases/case-actions'
import { CaseAlerts } from '@/components/cases/case-alerts'
import { CaseAudit } from '@/components/cases/case-audit'
import { CaseDescription } from '@/components/cases/case-description'
import { CaseDetails } from '@/components/cases/case-details'
import { CaseHeader } from '@/components/cases/case-header'
import { CaseNotes } from '@/components/cases/case-notes'
import { CaseRoles } from '@/components/cases/case-roles'
import { CaseTimeline } from '@/components/cases/case-timeline'
import classes from '@/components/cases/cases.module.css'
import { OpenItems } from '@/components/cases/open-items'
import { Page } from '@/components/ui/page'
import { getCase } from '@/lib/cases/queries'
import { caseRef, parseCaseRef } from '@/lib/cases/schema'
import { getContext } from '@/lib/web/context'

export const dynamic = 'force-dynamic'

interface Params {
  readonly params: Promise<{ ref: string }>
}

const ACTIONS: CaseActions = { update: updateCaseAction, removeAlert: removeAlertAction, addNote: addCaseNoteAction, previewExport: previewExportAction }

/** Once a request: the title and the page need the same. */
const readCase = cache(async (ref: string) => {
  const id = parseCaseRef(ref)
  return id === null ? null : getCase(getContext(), id)
})

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const detail = await readCase((await params).ref)
  return { title: detail ? `${caseRef(detail.id)} ${detail.title}` : 'Case' }
}

export default async function CasePage({ params }: Params) {
  const detail = await readCase((await params).ref)
  if (!detail) notFound()
  return (
    <Page>
      <CaseHeader detail={detail} actions={ACTIONS} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <CaseDescription detail={detail} actions={ACTIONS} />
          <CaseAlerts detail={detail} actions={ACTIONS} />
          <CaseTimeline detail={detail} />
        </div>
        <div className={classes.stack}>
          <CaseRoles detail={detail} />
          <CaseNotes detail={detail} actions={ACTIONS} />
          <OpenItems detail={detail} />
          <CaseDetails detail={detail} actions={ACTIONS} />
          <CaseAudit detail={detail} />
        </div>
      </div>
    </Page>
  )
}
