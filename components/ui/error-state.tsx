import { IconAlertOctagon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { EmptyState } from '@/components/ui/empty-state'

interface ErrorStateProps {
  readonly title: string
  /** What can be done about it. */
  readonly children?: ReactNode
  /** The number under which the server's log has it. */
  readonly reference?: string
  readonly action?: ReactNode
  readonly size?: 'page' | 'inline'
}

/** Something could not be shown: what, what to do, and under which reference the log has the reason. */
export function ErrorState({ title, children, reference, action, size = 'page' }: ErrorStateProps) {
  return (
    <div role="alert">
      <EmptyState icon={<IconAlertOctagon size={26} stroke={1.6} color="var(--ll-bad-mark)" />} title={title} action={action} size={size}>
        {children}
        {reference !== undefined && (
          <p>
            Reference <code>{reference}</code>
          </p>
        )}
      </EmptyState>
    </div>
  )
}
