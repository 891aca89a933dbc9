'use client'

import { TextInput } from '@mantine/core'
import { IconScript, IconSearch } from '@tabler/icons-react'
import Link from 'next/link'
import { parseAsString, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { alertsHref } from '@/components/overview/alert-links'
import { RuleSwitch, type SetRuleEnabled } from '@/components/rules/rule-switch'
import { DataTable } from '@/components/ui/data-table/data-table'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeAge } from '@/components/ui/relative-age'
import { RiskScore } from '@/components/ui/risk-score'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { SEVERITIES, type RuleListItem } from '@/lib/rules/schema'
import classes from './rule-table.module.css'

function ruleHref(rule: RuleListItem): string {
  return `/rules/${encodeURIComponent(rule.ruleId)}`
}

/** Techniques without their tactics, and a technique only where none of its sub-techniques is named. */
function mostSpecific(ids: readonly string[]): readonly string[] {
  return ids.filter((id) => id.startsWith('T') && !id.startsWith('TA') && !ids.some((other) => other.startsWith(`${id}.`)))
}

function Count({ value, href }: { value: number; href: string }) {
  return value === 0 ? <span className={classes.quiet}>0</span> : <Link href={href}>{value.toLocaleString('en')}</Link>
}

function columnsOf(onToggle: SetRuleEnabled): ReadonlyArray<DataColumn<RuleListItem>> {
  return [
    {
      id: 'enabled',
      header: 'On',
      width: 56,
      cell: (rule) => <RuleSwitch ruleId={rule.ruleId} name={rule.name} enabled={rule.enabled} onChange={onToggle} />,
      sortBy: (rule) => rule.enabled,
    },
    { id: 'name', header: 'Rule', minWidth: 340, primary: true, cell: (rule) => rule.name, sortBy: (rule) => rule.name },
    {
      id: 'severity',
      header: 'Severity',
      width: 104,
      cell: (rule) => <SeverityBadge severity={rule.severity} variant="plain" />,
      sortBy: (rule) => SEVERITIES.indexOf(rule.severity),
      sortDescFirst: true,
    },
    { id: 'risk', header: 'Risk', width: 100, cell: (rule) => <RiskScore score={rule.riskScore} />, sortBy: (rule) => rule.riskScore, sortDescFirst: true },
    { id: 'language', header: 'Language', width: 108, cell: (rule) => rule.language.toUpperCase(), sortBy: (rule) => rule.language },
    { id: 'techniques', header: 'ATT&CK', width: 150, cell: (rule) => <span className={classes.quiet}>{mostSpecific(rule.techniques).join(', ')}</span> },
    {
      id: 'open',
      header: 'Open',
      width: 76,
      align: 'end',
      cell: (rule) => <Count value={rule.openAlerts} href={alertsHref({ status: ['open'], rule: [rule.ruleId], capped: true })} />,
      sortBy: (rule) => rule.openAlerts,
      sortDescFirst: true,
    },
    {
      id: 'alerts',
      header: 'Alerts',
      width: 80,
      align: 'end',
      cell: (rule) => <Count value={rule.alerts} href={alertsHref({ rule: [rule.ruleId], capped: true })} />,
      sortBy: (rule) => rule.alerts,
      sortDescFirst: true,
    },
    {
      id: 'exceptions',
      header: 'Exceptions',
      width: 104,
      align: 'end',
      cell: (rule) => <Count value={rule.exceptions} href={`${ruleHref(rule)}#exceptions`} />,
      sortBy: (rule) => rule.exceptions,
      sortDescFirst: true,
    },
    { id: 'updated', header: 'Changed', width: 110, hidden: true, cell: (rule) => <RelativeAge value={rule.updatedAt} />, sortBy: (rule) => rule.updatedAt, sortDescFirst: true },
  ]
}

function matches(rule: RuleListItem, words: readonly string[]): boolean {
  const text = [rule.name, rule.ruleId, rule.language, rule.severity, ...rule.tags, ...rule.techniques].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

/** The rules: what each raises, whether it runs, and what keeps it quiet. */
export function RuleTable({ rules, onToggle }: { rules: readonly RuleListItem[]; onToggle: SetRuleEnabled }) {
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''))
  const columns = useMemo(() => columnsOf(onToggle), [onToggle])
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return (
    <DataTable
      label="Rules"
      rows={rules.filter((rule) => matches(rule, words))}
      rowId={(rule) => rule.ruleId}
      rowLabel={(rule) => rule.name}
      columns={columns}
      href={ruleHref}
      sort={{ id: 'name', desc: false }}
      toolbar={
        <TextInput
          aria-label="Search rules"
          placeholder="Name, tag, technique…"
          leftSection={<IconSearch size={15} stroke={1.8} />}
          value={search}
          onChange={(event) => void setSearch(event.currentTarget.value || null)}
          className={classes.search}
        />
      }
      empty={
        <EmptyState size="inline" icon={<IconScript size={22} stroke={1.6} />} title={words.length > 0 ? 'No rule matches' : 'There are no rules'}>
          <p>{words.length > 0 ? 'Every word has to occur in the name, a tag or a technique.' : 'The bundled rules are added when the console starts.'}</p>
        </EmptyState>
      }
    />
  )
}
