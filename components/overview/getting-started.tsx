import { PushCommands } from '@/components/sources/push-commands'
import { UploadZone } from '@/components/sources/upload-zone'
import { Panel } from '@/components/ui/panel'
import { SampleButton } from '@/components/overview/sample-button'
import classes from './getting-started.module.css'

interface GettingStartedProps {
  readonly origin: string
  readonly dataDir: string
  /** Whether pushes have to show a token by now. */
  readonly needsToken: boolean
}

/** What an empty console says: the three ways to get events into it. */
export function GettingStarted({ origin, dataDir, needsToken }: GettingStartedProps) {
  return (
    <div className={classes.root}>
      <UploadZone size="page" />
      <div className={classes.ways}>
        <Panel title="Load the sample incident" description="Three hosts, one morning, one theft of role credentials, and the noise around it.">
          <p className={classes.text}>
            599 invented events of Elastic Defend: a web server is broken into, its role’s credentials are read from 169.254.169.254 and carried off, and the
            intruder moves on. Backups, agents and scanners ask the same service meanwhile. A good way to see how everything works.
          </p>
          <SampleButton />
        </Panel>
        <Panel title="Push events" description="From a collector or a script, while this console runs.">
          <PushCommands origin={origin} dataDir={dataDir} needsToken={needsToken} />
        </Panel>
      </div>
    </div>
  )
}
