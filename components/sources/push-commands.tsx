import { CommandSnippet } from '@/components/sources/command-snippet'
import { shellWord } from '@/components/sources/shell-word'

interface PushCommandsProps {
  /** Where this console is reached: `http://127.0.0.1:3000`. */
  readonly origin: string
  /** Absolute path of the data directory in use. */
  readonly dataDir: string
  /** Whether programs have to show a push token. */
  readonly needsToken: boolean
}

/** The commands that send events to this console: over HTTP while it runs, or straight into its data directory. */
export function PushCommands({ origin, dataDir, needsToken }: PushCommandsProps) {
  const token = needsToken ? '-H "Authorization: Bearer $LINKLOCAL_TOKEN" ' : ''
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      <CommandSnippet label="Over HTTP, a file" command={`curl -sS -X POST -T events.ndjson.gz ${token}'${origin}/api/ingest?source=web-01'`} />
      <CommandSnippet label="Over HTTP, from a pipe" command={`zcat archive/*.gz | curl -sS -X POST -T - ${token}'${origin}/api/ingest?source=web-01'`} />
      <CommandSnippet label="On this machine" command={`bin/linklocal --data ${shellWord(dataDir)} ingest --source web-01 events.ndjson.gz`} />
      <CommandSnippet label="What appears in a folder, while the console runs" command={`bin/linklocal --data ${shellWord(dataDir)} serve --watch /srv/incoming`} />
    </div>
  )
}
