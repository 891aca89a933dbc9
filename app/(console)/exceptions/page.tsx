import type { Metadata } from 'next'
import { ExceptionList } from '@/components/exceptions/exception-list'
import { Page } from '@/components/ui/page'
import { listExceptions } from '@/lib/exceptions/queries'
import { getContext } from '@/lib/web/context'
import { deleteExceptionAction, saveExceptionAction, setExceptionEnabledAction } from './actions'

export const metadata: Metadata = { title: 'Exceptions' }
export const dynamic = 'force-dynamic'

export default async function ExceptionsPage() {
  const exceptions = await listExceptions(getContext())
  return (
    <Page>
      <ExceptionList exceptions={exceptions} save={saveExceptionAction} setEnabled={setExceptionEnabledAction} remove={deleteExceptionAction} />
    </Page>
  )
}
