import type { Metadata } from 'next'
import { ProcessTree } from '@/components/process-tree/process-tree'
import { visibleText } from '@/lib/text/visible-text'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { loadAlert } from '@/app/(console)/alerts/[ref]/load-alert'
import { alertProcessTree, TREE_FULL } from '@/lib/alerts/process-tree'
import { alertRef } from '@/lib/alerts/schema'
import { getContext } from '@/lib/web/context'

interface TreePageProps {
  readonly params: Promise<{ ref: string }>
}

export async function generateMetadata({ params }: TreePageProps): Promise<Metadata> {
  const alert = await loadAlert((await params).ref)
  return { title: `Process tree of ${alertRef(alert.id)}` }
}

export default async function ProcessTreePage({ params }: TreePageProps) {
  const alert = await loadAlert((await params).ref)
  const ref = alertRef(alert.id)
  const tree = await alertProcessTree(getContext(), alert, TREE_FULL)
  return (
    <Page>
      <PageHeader
        breadcrumb={[
          { label: 'Alerts', href: '/alerts' },
          { label: ref, href: `/alerts/${ref}` },
        ]}
        title={`Process tree of ${visibleText(alert.hostName)}`}
        meta={<SeverityBadge severity={alert.severity} />}
        description={visibleText(alert.reason)}
      />
      <h2 className="visually-hidden">Processes</h2>
      <ProcessTree tree={tree} label={`Process tree of ${ref}`} currentAlert={ref} />
    </Page>
  )
}
