import type { Metadata } from 'next'
import { setRuleEnabledAction } from '@/app/(console)/rules/actions'
import { RuleTable } from '@/components/rules/rule-table'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { listRules } from '@/lib/rules/queries'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Rules' }

export default async function RulesPage() {
  const rules = await listRules(getContext())
  const enabled = rules.filter((rule) => rule.enabled).length
  return (
    <Page>
      <PageHeader title="Rules" description={`${enabled.toLocaleString('en')} of ${rules.length.toLocaleString('en')} run on every event that comes in.`} />
      <RuleTable rules={rules} onToggle={setRuleEnabledAction} />
    </Page>
  )
}
