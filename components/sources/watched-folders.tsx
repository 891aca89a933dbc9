import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleHalf2, IconClockHour4 } from '@tabler/icons-react'
import { WatchRefresh } from '@/components/sources/watch-refresh'
import { Badge, type Tone } from '@/components/ui/badge'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import type { WatchedFolder } from '@/lib/ingest/schema'
import table from './plain-table.module.css'
import classes from './watched-folders.module.css'

interface Look {
  readonly word: string
  readonly tone: Tone
  readonly icon: typeof IconCircleCheckFilled
}

function lookOf({ problem, scannedAt, reading, waiting, growing }: WatchedFolder): Look {
  if (problem !== null) return { word: 'Trouble', tone: 'bad', icon: IconAlertTriangleFilled }
  if (scannedAt === null) return { word: 'Starting', tone: 'neutral', icon: IconClockHour4 }
  if (reading.length > 0 || waiting > 0) return { word: 'Reading', tone: 'accent', icon: IconCircleHalf2 }
  if (growing > 0) return { word: 'Files are growing', tone: 'neutral', icon: IconClockHour4 }
  return { word: 'Watching', tone: 'good', icon: IconCircleCheckFilled }
}

function Count({ value }: { value: number }) {
  return <span className={value === 0 ? table.quiet : undefined}>{value.toLocaleString('en')}</span>
}

function State({ folder }: { folder: WatchedFolder }) {
  const { word, tone, icon: Icon } = lookOf(folder)
  return (
    <Badge tone={tone} variant="plain" icon={<Icon size={14} aria-hidden />}>
      {word}
    </Badge>
  )
}

/** What is not taken in, and why: the folder's own trouble first. */
function Problems({ folder: { problem, problems, problemCount } }: { folder: WatchedFolder }) {
  if (problem === null && problemCount === 0) return null
  return (
    <tr className={classes.problems}>
      <td colSpan={7}>
        {problem !== null && <p className={classes.bad}>{problem}</p>}
        {problemCount > 0 && (
          <details>
            <summary>
              {problemCount.toLocaleString('en')} {problemCount === 1 ? 'is' : 'are'} not taken in
            </summary>
            <ul>
              {problems.map(({ path, reason }) => (
                <li key={path}>
                  <Mono>{path}</Mono>
                  <span>{reason}</span>
                </li>
              ))}
            </ul>
            {problemCount > problems.length && <p>and {(problemCount - problems.length).toLocaleString('en')} more</p>}
          </details>
        )}
      </td>
    </tr>
  )
}

/** The folders whose files are taken in as they appear: how far each is, and what of it is left out. */
export function WatchedFolders({ folders }: { folders: readonly WatchedFolder[] }) {
  return (
    <Panel
      title="Watched folders"
      count={folders.length}
      description="Files that appear here are taken in once they have stopped growing; one that grows later is read again, and each event counts once."
      flush
    >
      <WatchRefresh />
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={table.scroll} tabIndex={0} aria-label="Watched folders">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Folder</th>
              <th scope="col">State</th>
              <th scope="col" className={table.medium}>
                Last look
              </th>
              <th scope="col" className={`${table.number} ${table.wide}`}>
                Files
              </th>
              <th scope="col" className={table.number}>
                Taken
              </th>
              <th scope="col" className={table.number}>
                Waiting
              </th>
              <th scope="col" className={`${table.number} ${table.medium}`}>
                Growing
              </th>
            </tr>
          </thead>
          {folders.map((folder) => (
            <tbody key={folder.path}>
              <tr>
                <td className={table.name}>
                  <Mono overflow="clip">{folder.path}</Mono>
                </td>
                <td>
                  <State folder={folder} />
                </td>
                <td className={table.medium}>{folder.scannedAt === null ? <span className={table.quiet}>–</span> : <RelativeAge value={folder.scannedAt} />}</td>
                <td className={`${table.number} ${table.wide}`}>
                  <Count value={folder.files} />
                </td>
                <td className={table.number}>
                  <Count value={folder.taken} />
                </td>
                <td className={table.number}>
                  <Count value={folder.waiting + folder.reading.length} />
                </td>
                <td className={`${table.number} ${table.medium}`}>
                  <Count value={folder.growing} />
                </td>
              </tr>
              <Problems folder={folder} />
            </tbody>
          ))}
        </table>
      </section>
    </Panel>
  )
}
