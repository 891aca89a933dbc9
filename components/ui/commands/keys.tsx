'use client'

import { Kbd } from '@mantine/core'
import { Fragment, useSyncExternalStore } from 'react'
import { keyCaps } from '@/components/ui/commands/key-sequence'
import classes from './keys.module.css'

function useIsApple(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => /mac|iphone|ipad/i.test(navigator.userAgent),
    () => false,
  )
}

/** A shortcut drawn as key caps: `g a` as two caps after one another, `mod+k` as Ctrl K, or ⌘ K on Apple's keyboards. */
export function Keys({ keys }: { keys: string }) {
  const apple = useIsApple()
  return (
    <span className={classes.keys}>
      {keyCaps(keys, apple).map((caps, i) => (
        <Fragment key={`${i}-${caps.join()}`}>
          {i > 0 && <span className={classes.then}>then</span>}
          {caps.map((cap) => (
            <Kbd key={cap} className={classes.cap}>
              {cap}
            </Kbd>
          ))}
        </Fragment>
      ))}
    </span>
  )
}
