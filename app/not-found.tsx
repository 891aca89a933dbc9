import { IconCompassOff } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <main id="main">
      <h1 className="visually-hidden">Page not found</h1>
      <EmptyState
        icon={<IconCompassOff size={26} stroke={1.6} />}
        title="There is no page at this address"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        <p>The link may be mistyped, or what it led to has been deleted.</p>
      </EmptyState>
    </main>
  )
}
