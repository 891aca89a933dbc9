'use client'

import { Select } from '@mantine/core'
import { CaseStatusBadge, TlpBadge } from '@/components/cases/case-badges'
import type { CaseActions } from '@/components/cases/case-actions'
import { CaseTitle } from '@/components/cases/case-title'
import { ExportButton } from '@/components/cases/export-dialog'
import { useCaseUpdate } from '@/components/cases/use-case-update'
import { PageHeader } from '@/components/ui/page-header'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { CASE_STATUSES, CASE_STATUS_LABELS, caseRef, type CaseDetail } from '@/lib/cases/schema'

const STATUS_OPTIONS = CASE_STATUSES.map((value) => ({ value, label: CASE_STATUS_LABELS[value] }))

/** The head of a case: what it is, how far it is, and its export. */
export function CaseHeader({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'update' | 'previewExport'> }) {
  const { update, pending } = useCaseUpdate(detail, actions)
  return (
    <PageHeader
      breadcrumb={[{ label: 'Cases', href: '/cases' }]}
      title={<CaseTitle title={detail.title} onSave={(title) => update({ title })} />}
      meta={
        <>
          <span>{caseRef(detail.id)}</span>
          <SeverityBadge severity={detail.severity} />
          <CaseStatusBadge status={detail.status} />
          <TlpBadge tlp={detail.tlp} />
        </>
      }
      actions={
        <>
          <Select
            aria-label="Status"
            data={STATUS_OPTIONS}
            value={detail.status}
            allowDeselect={false}
            disabled={pending}
            w={140}
            onChange={(value) => {
              const status = CASE_STATUSES.find((known) => known === value)
              if (status && status !== detail.status) void update({ status })
            }}
          />
          <ExportButton detail={detail} preview={actions.previewExport} />
        </>
      }
    />
  )
}
