import { knownFields, withFields } from './fields'
import type { FieldAdditions, FieldSchema } from './fields'

/**
 * Fields that no agent has: those of the small model with which the language's reference implementation tests itself, and
 * its published vectors with it. `secl run` and `secl check --expr` know them; rules and policies do not.
 */
const SUITE: FieldAdditions = {
  fields: {
    'mkdir.filename': 'text',
    'mkdir.mode': 'int',
    'network.cidr': 'ip',
    'network.cidrs': 'ip[]',
    'network.ip': 'ip',
    'network.ips': 'ip[]',
    'open.filename': 'text',
    'open.mode': 'int',
    'open.opened_at': 'instant',
    'process.array.flag': 'bool',
    'process.array.key': 'int',
    'process.array.value': 'text',
    'process.is_root': 'bool',
    'process.list.flag': 'bool',
    'process.list.key': 'int',
    'process.list.value': 'text',
    'process.name': 'path',
  },
  iterators: ['process.array', 'process.list'],
}

let schema: FieldSchema | null = null

/** The language's fields and those of its own test model. */
export function suiteFields(): FieldSchema {
  schema ??= withFields(knownFields(), SUITE)
  return schema
}
