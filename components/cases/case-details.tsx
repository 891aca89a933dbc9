'use client'

import { Select } from '@mantine/core'
import type { CaseActions } from '@/components/cases/case-actions'
import { SEVERITY_OPTIONS, TLP_OPTIONS } from '@/components/cases/case-fields'
import { useCaseUpdate } from '@/components/cases/use-case-update'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import { SEVERITIES } from '@/lib/rules/schema'
import { TLPS, type CaseDetail } from '@/lib/cases/schema'
import classes from './cases.module.css'

/** What a case says of itself, with what can be changed at once. */
export function CaseDetails({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'update'> }) {
  const { update, pending } = useCaseUpdate(detail, actions)
  return (
    <Panel title="Details">
      <dl className={classes.details}>
        <dt>Severity</dt>
        <dd>
          <Select
            aria-label="Severity"
            data={SEVERITY_OPTIONS}
            value={detail.severity}
            allowDeselect={false}
            disabled={pending}
            onChange={(value) => {
              const severity = SEVERITIES.find((known) => known === value)
              if (severity && severity !== detail.severity) void update({ severity })
            }}
          />
        </dd>
        <dt>TLP</dt>
        <dd>
          <Select
            aria-label="TLP"
            data={TLP_OPTIONS}
            value={detail.tlp}
            allowDeselect={false}
            disabled={pending}
            onChange={(value) => {
              const tlp = TLPS.find((known) => known === value)
              if (tlp && tlp !== detail.tlp) void update({ tlp })
            }}
          />
        </dd>
        <dt>Opened</dt>
        <dd>
          <Timestamp value={detail.createdAt} />
        </dd>
        <dt>By</dt>
        <dd>{detail.createdBy}</dd>
        <dt>Changed</dt>
        <dd>
          <Timestamp value={detail.updatedAt} />
        </dd>
        {detail.closedAt !== null && (
          <>
            <dt>Closed</dt>
            <dd>
              <Timestamp value={detail.closedAt} />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  )
}
