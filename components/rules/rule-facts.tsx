import Link from 'next/link'
import { alertsHref } from '@/components/overview/alert-links'
import { KeyValueList, type KeyValue } from '@/components/ui/key-value-list'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { safeHref } from '@/components/ui/safe-href'
import type { RuleDetail } from '@/lib/rules/schema'

const ORIGINS: Readonly<Record<string, string>> = { bundled: 'Bundled with Linklocal', imported: 'Imported' }

function References({ links }: { links: readonly string[] }) {
  return (
    <span style={{ display: 'grid', gap: 2, overflowWrap: 'anywhere' }}>
      {links.map((link) => {
        const href = safeHref(link)
        return href === undefined ? (
          <span key={link}>{link}</span>
        ) : (
          <a key={link} href={href} target="_blank" rel="noreferrer noopener">
            {link}
          </a>
        )
      })}
    </span>
  )
}

function Cap({ rule }: { rule: RuleDetail }) {
  const { max_signals: most, interval } = rule.document
  return (
    <>
      {most.toLocaleString('en')} alerts per {interval}
      {rule.overCap > 0 && (
        <>
          {'; '}
          <Link href={alertsHref({ rule: [rule.ruleId], capped: true })}>
            {rule.overCap.toLocaleString('en')} {rule.overCap === 1 ? 'is' : 'are'} beyond it
          </Link>
        </>
      )}
    </>
  )
}

/** What a rule says of itself beside its query. */
export function RuleFacts({ rule }: { rule: RuleDetail }) {
  const { document } = rule
  const items: KeyValue[] = [
    { field: 'rule_id', label: 'Rule id', value: <Mono>{rule.ruleId}</Mono>, copy: rule.ruleId },
    { field: 'version', label: 'Version', value: String(document.version) },
    { field: 'origin', label: 'Origin', value: ORIGINS[rule.origin] ?? rule.origin },
    { field: 'author', label: 'Author', value: document.author.join(', ') || '–' },
    ...(document.license === undefined ? [] : [{ field: 'license', label: 'License', value: document.license }]),
    { field: 'max_signals', label: 'Cap', value: <Cap rule={rule} /> },
    ...(rule.truncatedKeys === 0
      ? []
      : [{ field: 'truncated', label: 'Cut short', value: `${rule.truncatedKeys.toLocaleString('en')} ${rule.truncatedKeys === 1 ? 'key' : 'keys'} with more than is looked at together; the runs name them` }]),
    ...(rule.setAsideKeys === 0
      ? []
      : [
          {
            field: 'set_aside',
            label: 'Set aside',
            value: `${rule.setAsideKeys.toLocaleString('en')} ${rule.setAsideKeys === 1 ? 'key' : 'keys'} whose join failed again and again; tried again at the next start or change of the rules`,
          },
        ]),
    { field: 'index', label: 'Index', value: document.index.length === 0 ? '–' : <Mono>{document.index.join(', ')}</Mono> },
    ...(document.references.length === 0 ? [] : [{ field: 'references', label: 'References', value: <References links={document.references} /> }]),
  ]
  return (
    <Panel title="About">
      <KeyValueList items={items} />
    </Panel>
  )
}
