import { IconFilterSearch, IconInbox, IconMoodCheck } from '@tabler/icons-react'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'

interface QueueEmptyProps {
  /** `none`: nothing was ever raised; `done`: nothing is left to decide; `filtered`: the filters leave nothing. */
  readonly why: 'none' | 'done' | 'filtered'
}

/** Why the queue is empty, and what to do about it. */
export function QueueEmpty({ why }: QueueEmptyProps) {
  if (why === 'none') {
    return (
      <EmptyState icon={<IconInbox size={28} stroke={1.6} />} title="No alerts yet" action={<ButtonLink href="/sources">Add events</ButtonLink>}>
        What the rules find in your events is listed here, with the exec and network records of each match. Drop a file of events into Sources, or load the
        sample incident there to look around.
      </EmptyState>
    )
  }
  if (why === 'done') {
    return (
      <EmptyState
        icon={<IconMoodCheck size={28} stroke={1.6} />}
        title="Nothing left to decide"
        action={
          <ButtonLink href="/alerts?status=closed" variant="default">
            Closed alerts
          </ButtonLink>
        }
      >
        Every alert has its verdict. New ones appear here.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<IconFilterSearch size={28} stroke={1.6} />}
      title="No alert matches"
      action={
        <ButtonLink href="/alerts?status=all" variant="default">
          Show all alerts
        </ButtonLink>
      }
    >
      Take a filter away, or look among the closed ones.
    </EmptyState>
  )
}
