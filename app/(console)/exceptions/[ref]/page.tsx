import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { createLoader, parseAsInteger, type SearchParams } from 'nuqs/server'
import { raiseAgainAction } from '@/app/(console)/exceptions/actions'
import { ConditionWords } from '@/components/exceptions/condition-words'
import classes from '@/components/exceptions/held-back-table.module.css'
import { HeldBackTable } from '@/components/exceptions/held-back-table'
import { HidesBadge } from '@/components/exceptions/hides-badge'
import { RaiseAgainButton } from '@/components/exceptions/raise-again-button'
import { StateBadge } from '@/components/exceptions/state-badge'
import { ButtonLink } from '@/components/ui/button-link'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { visibleText } from '@/lib/text/visible-text'
import { listHeldBack } from '@/lib/exceptions/held-back'
import { getException } from '@/lib/exceptions/queries'
import { exceptionRef, exceptionState, isInForce, parseExceptionRef } from '@/lib/exceptions/schema'
import { getContext } from '@/lib/web/context'

interface Props {
  readonly params: Promise<{ ref: string }>
  readonly searchParams: Promise<SearchParams>
}

const PAGE_SIZE = 50
const load = createLoader({ page: parseAsInteger.withDefault(1) })

async function exceptionOf({ params }: Pick<Props, 'params'>) {
  const id = parseExceptionRef((await params).ref)
  return id === null ? null : getException(getContext(), id)
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const exception = await exceptionOf(props)
  return { title: exception ? `${exceptionRef(exception.id)} ${exception.name}` : 'Exception' }
}

export default async function ExceptionPage(props: Props) {
  const exception = await exceptionOf(props)
  if (!exception) notFound()
  const context = getContext()
  const page = Math.max(1, (await load(props.searchParams)).page)
  const list = await listHeldBack(context, { exceptionId: exception.id, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE })
  const state = exceptionState(exception, context.clock().getTime())
  const ref = exceptionRef(exception.id)
  return (
    <Page>
      <PageHeader
        title={exception.name}
        breadcrumb={[{ label: 'Exceptions', href: '/exceptions' }]}
        description={visibleText(exception.reason)}
        meta={
          <>
            <span>{ref}</span>
            <StateBadge state={state} />
            {isInForce(state) && <HidesBadge hides={exception.hides} />}
          </>
        }
        actions={
          <>
            {!isInForce(state) && list.total > 0 && <RaiseAgainButton id={exception.id} count={list.total} raise={raiseAgainAction} />}
            <ButtonLink href={`/exceptions?edit=${ref}`} variant="default">
              Edit
            </ButtonLink>
          </>
        }
      />
      <div className={classes.stack}>
        <Panel title="Conditions" description={exception.ruleId === null ? 'For all rules' : `For ${exception.ruleName ?? exception.ruleId}${exception.stage === null ? '' : `, stage ${exception.stage + 1} only`}`}>
          <ConditionWords entries={exception.entries} lines={12} />
          <p>
            By {exception.createdBy}, <RelativeAge value={exception.createdAt} />
            {exception.expiresAt !== null && (
              <>
                ; ends <RelativeAge value={exception.expiresAt} isPlanned />
              </>
            )}
            .
          </p>
        </Panel>
        <HeldBackTable list={list} hits={exception.hits} page={page} pageSize={PAGE_SIZE} hrefOf={(next) => `/exceptions/${ref}?page=${next}`} />
      </div>
    </Page>
  )
}
