import { printable } from '@/lib/text/printable'
import type { RejectsOptions } from '@/cli/rejects'
import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { listSources, readImport } from '@/lib/ingest/queries'
import type { RejectFilter } from '@/lib/ingest/queries'

/** The filter that the options name. Throws `not_found` for an import or a source that is not there. */
export async function filterOf(context: Context, { import: importId, source, code }: RejectsOptions): Promise<RejectFilter> {
  if (importId !== undefined && (await readImport(context, importId)) === null) throw new AppError('not_found', `There is no import ${importId}.`)
  if (source === undefined) return { importId, code }
  const found = (await listSources(context)).find(({ name }) => name === source)
  if (!found) throw new AppError('not_found', `There is no source ${printable(source)}.`)
  return { importId, code, sourceId: found.id }
}
