'use client'

import { notifications } from '@mantine/notifications'
import { useTransition } from 'react'
import type { CaseActions } from '@/components/cases/case-actions'
import { caseRef, type CaseDetail, type UpdateCaseInput } from '@/lib/cases/schema'

/**
 * Changes a case on the version the page shows. Answers why it was refused, after saying so, or undefined when it is done;
 * it is pending until the page shows the server's new state.
 */
export function useCaseUpdate(detail: Pick<CaseDetail, 'id' | 'version'>, actions: Pick<CaseActions, 'update'>) {
  const [pending, startTransition] = useTransition()
  const update = (change: Omit<UpdateCaseInput, 'caseId' | 'version'>): Promise<string | undefined> =>
    new Promise((resolve) => {
      startTransition(async () => {
        try {
          const result = await actions.update({ caseId: detail.id, version: detail.version, ...change })
          if (!result.ok) notifications.show({ color: 'red', title: `${caseRef(detail.id)} was not changed`, message: result.error.message })
          resolve(result.ok ? undefined : result.error.message)
        } catch {
          notifications.show({ color: 'red', title: `${caseRef(detail.id)} was not changed`, message: 'The server did not answer.' })
          resolve('The server did not answer.')
        }
      })
    })
  return { update, pending }
}
