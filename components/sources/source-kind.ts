import type { SourceKind } from '@/lib/ingest/schema'

export const SOURCE_KIND_LABELS: Readonly<Record<SourceKind, string>> = {
  upload: 'Upload',
  sample: 'Sample',
  cli: 'Command line',
  push: 'Push',
  watch: 'Watched folder',
}
