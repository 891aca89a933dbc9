'use client'

import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { CommandSnippet } from '@/components/sources/command-snippet'
import { shipperConfigs } from '@/components/sources/shipper-configs'
import type { CreatedPushToken } from '@/lib/ingest/schema'
import classes from './push-tokens.module.css'

interface ShipperSetupProps {
  readonly origin: string
  /** The token that was just made; its secret goes into the text. Without one, words stand for it. */
  readonly token: CreatedPushToken | undefined
}

/** What to write into the configuration of a shipper. */
export function ShipperSetup({ origin, token }: ShipperSetupProps) {
  const configs = shipperConfigs({ origin, prefix: token?.prefix ?? 'TOKEN_ID', secret: token?.secret ?? 'TOKEN_SECRET' })
  const [id, setId] = useState('filebeat')
  const config = configs.find((one) => one.id === id) ?? configs[0]
  return (
    <div className={classes.shippers}>
      <NativeSelect label="Configuration for" w={200} value={id} onChange={(event) => setId(event.currentTarget.value)} data={configs.map(({ id, label }) => ({ value: id, label }))} />
      {config && <CommandSnippet label={config.place} command={config.text} />}
      {token === undefined && <p className={classes.quiet}>A token is its id and its secret with a dot between. Create one, and both are filled in here until the page is left.</p>}
    </div>
  )
}
