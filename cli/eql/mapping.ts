import { readFile } from 'node:fs/promises'
import { parseMapping } from '@/lib/ecs/mapping'
import type { Mapping } from '@/lib/ecs/mapping'
import { AppError, errorMessage } from '@/lib/errors'

/** Reads the mapping file of `--mapping`; undefined when none is given. */
export async function readMapping(file: string | undefined): Promise<Mapping | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid', `${file} is not JSON: ${errorMessage(error)}`)
  }
  const schema = parseMapping(json)
  if (!schema) throw new AppError('invalid', `${file} holds no mapping: expected {"mappings": {"properties": {…}}}`)
  return schema
}
