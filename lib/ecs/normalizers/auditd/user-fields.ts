import type { AuditRecord } from './record'

type Fields = Readonly<Record<string, unknown>>

/** An id and, where auditd resolved it, its name. In interpreted output the name stands in the id's place. */
function identity(record: AuditRecord, field: string): { readonly id?: string; readonly name?: string | undefined } | undefined {
  const word = record.word(field)
  const name = record.resolved(field)
  const id = word !== undefined && /^\d{1,10}$/.test(word) ? word : undefined
  if (id === undefined && name === undefined) return undefined
  // In one order, as in `toEvent`.
  return id === undefined ? { name } : name === undefined ? { id } : { id, name }
}

function sameIdentity(a: ReturnType<typeof identity>, b: ReturnType<typeof identity>): boolean {
  return a?.id === b?.id && a?.name === b?.name
}

/**
 * Who did it: the real user and group, the effective ones where they differ (sudo, a set-uid program), and as `user.audit`
 * the one who logged in, which stays the same through su and sudo.
 */
export function userFields(record: AuditRecord): Fields | undefined {
  const user = identity(record, 'uid')
  const effective = identity(record, 'euid')
  const audit = identity(record, 'auid')
  const group = identity(record, 'gid')
  const effectiveGroup = identity(record, 'egid')
  const differs = effective !== undefined && !sameIdentity(effective, user)
  const groupDiffers = effectiveGroup !== undefined && !sameIdentity(effectiveGroup, group)
  const fields: Record<string, unknown> = {}
  if (user?.id !== undefined) fields['id'] = user.id
  if (user?.name !== undefined) fields['name'] = user.name
  if (group !== undefined) fields['group'] = group
  if (differs || groupDiffers) fields['effective'] = { ...(effective ?? user), ...(groupDiffers ? { group: effectiveGroup } : {}) }
  if (audit !== undefined) fields['audit'] = audit
  return Object.keys(fields).length === 0 ? undefined : fields
}
