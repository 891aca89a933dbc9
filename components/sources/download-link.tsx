'use client'

import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** A link to a file that the server writes: not followed inside of the console. */
export function DownloadLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Button component="a" href={href} download variant="default" leftSection={<IconDownload size={15} stroke={1.8} />}>
      {children}
    </Button>
  )
}
