'use client'

import { Button } from '@mantine/core'
import { RelativeAge } from '@/components/ui/relative-age'
import type { Draft } from '@/components/ui/draft/use-draft'
import classes from './draft-mark.module.css'

/** Under a field: that what stands in it is not saved yet, since when, and a way to throw it away. */
export function DraftMark({ draft, onDiscard }: { draft: Draft; onDiscard?: () => void }) {
  if (draft.keptSince === null) return null
  return (
    <p className={classes.mark}>
      <span>
        Draft, kept in this browser · <RelativeAge value={draft.keptSince} />
      </span>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        onClick={() => {
          draft.clear()
          onDiscard?.()
        }}
      >
        Discard draft
      </Button>
    </p>
  )
}
