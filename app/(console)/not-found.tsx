import { IconCompassOff } from '@tabler/icons-react'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

/** Shown in the console's frame, by a page that calls `notFound()`: the address is well formed, the thing is not there. */
export default function ConsoleNotFound() {
  return (
    <>
      <h1 className="visually-hidden">Not found</h1>
      <EmptyState
        icon={<IconCompassOff size={26} stroke={1.6} />}
        title="Nothing has this address"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        <p>The link may be mistyped, or what it led to has been deleted.</p>
      </EmptyState>
    </>
  )
}
