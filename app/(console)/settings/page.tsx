import type { Metadata } from 'next'
import { cancelRetentionAction, previewRetentionAction, runRetentionAction, setRetentionAction } from '@/app/(console)/settings/actions'
import { RetentionForm } from '@/components/settings/retention-form'
import { RetentionRuns } from '@/components/settings/retention-runs'
import classes from '@/components/settings/settings-page.module.css'
import { StorageState } from '@/components/settings/storage-state'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { listRetentionRuns, readRetention } from '@/lib/retention/queries'
import { isUnderWay } from '@/lib/retention/schema'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const context = getContext()
  const [state, runs] = [await readRetention(context), await listRetentionRuns(context)]
  const { maxAgeDays, maxBytes } = state.policy
  return (
    <Page>
      <PageHeader title="Settings" description="What this console keeps, and for how long." />
      <div className={classes.stack}>
        <StorageState state={state} />
        <div className={classes.columns}>
          <Panel title="Retention" description="Age counts from when events were received, not from their own time: evidence of last year that was uploaded today is new.">
            <RetentionForm
              key={`${maxAgeDays} ${maxBytes} ${state.paused}`}
              policy={state.policy}
              paused={state.paused}
              underWay={runs.some(isUnderWay)}
              preview={previewRetentionAction}
              save={setRetentionAction}
              run={runRetentionAction}
            />
          </Panel>
          <RetentionRuns runs={runs} checkedAt={state.checkedAt} cancel={cancelRetentionAction} />
        </div>
      </div>
    </Page>
  )
}
