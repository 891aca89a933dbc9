/** One alert that "Unusual Instance Metadata Service (IMDS) API Request" raises on the sample, told by its two events. */
export interface ExpectedAlert {
  readonly host: 'web-01' | 'app-02' | 'bastion-01'
  /** `@timestamp` of the connection, to the millisecond. */
  readonly connectedAt: string
  /** Milliseconds from the exec to the connection. */
  readonly gapMs: number
  /** `process.command_line` of the exec begins so. */
  readonly command: string
  readonly parent: string
  readonly sameProcess: boolean
  readonly interactive: boolean
  /** What an analyst should conclude. */
  readonly verdict: 'true positive' | 'false positive'
}

const METADATA = 'http://169.254.169.254/latest/meta-data'
const quiet = { sameProcess: true, interactive: false }

const backup = (connectedAt: string, gapMs: number): ExpectedAlert => ({
  ...quiet,
  host: 'app-02',
  connectedAt,
  gapMs,
  command: `curl -s -m 3 ${METADATA}/instance-id`,
  parent: '/opt/backup/backup.sh',
  verdict: 'false positive',
})

const theft = (
  host: ExpectedAlert['host'],
  connectedAt: string,
  gapMs: number,
  command: string,
  parent: string,
  interactive: boolean,
): ExpectedAlert => ({ host, connectedAt, gapMs, command, parent, sameProcess: true, interactive, verdict: 'true positive' })

/** In the order of their connections. */
export const EXPECTED_ALERTS: readonly ExpectedAlert[] = [
  {
    ...quiet,
    host: 'app-02',
    connectedAt: '2026-11-03T10:01:14.451Z',
    gapMs: 430,
    command: 'python3 /opt/app/bin/tag_self.py',
    parent: '/var/lib/cloud/instance/scripts/part-001',
    verdict: 'false positive',
  },
  backup('2026-11-03T10:10:01.047Z', 34),
  theft('web-01', '2026-11-03T10:13:08.166Z', 41, `curl -s ${METADATA}/iam/`, '/usr/sbin/php-fpm8.1', false),
  theft('web-01', '2026-11-03T10:13:40.494Z', 36, `curl -s ${METADATA}/iam/`, '/usr/bin/dash', false),
  theft('web-01', '2026-11-03T10:15:24.027Z', 312, './kworkerd', '/usr/bin/dash', false),
  backup('2026-11-03T10:20:01.051Z', 38),
  theft('bastion-01', '2026-11-03T10:29:10.432Z', 29, 'curl -s -X PUT', '/usr/bin/bash', true),
  theft('bastion-01', '2026-11-03T10:29:24.805Z', 33, 'curl -s -H X-aws-ec2', '/usr/bin/bash', true),
  theft('bastion-01', '2026-11-03T10:29:51.447Z', 410, 'curl -s -H X-aws-ec2', '/usr/bin/bash', true),
  backup('2026-11-03T10:30:01.044Z', 31),
  {
    host: 'app-02',
    connectedAt: '2026-11-03T10:33:14.432Z',
    gapMs: 240,
    command: 'awk -F=',
    parent: '/opt/app/bin/release.sh',
    sameProcess: false,
    interactive: false,
    verdict: 'false positive',
  },
  theft('app-02', '2026-11-03T10:38:12.627Z', 296, 'python3 /dev/shm/.m.py', '/usr/bin/bash', true),
  backup('2026-11-03T10:40:01.065Z', 52),
  backup('2026-11-03T10:50:01.065Z', 52),
]
