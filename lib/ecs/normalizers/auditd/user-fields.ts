import type { AuditRecord } from './record'

type Fields = Readonly<Record<string, unknown>>

/** An id and, where auditd resolved it, its name. In interpreted output the name stands in the id's place. */
function identity(record: AuditRecord, field: string): Identity | undefined {
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

/** Messages about changes to an account: it is what is acted on. Of all others it is who logs in, is asked for a password, and so on. */
const CHANGES = /^(?:ADD_USER|DEL_USER|USER_MGMT|GRP_MGMT|USER_CHAUTHTOK|GRP_CHAUTHTOK|ACCT_LOCK|ACCT_UNLOCK|CHUSER_ID|CHGRP_ID|ROLE_ASSIGN|ROLE_REMOVE|ROLE_MODIFY|USER_ROLE_CHANGE)$/
/** Messages whose `id=` and `acct=` are a group's. */
const OF_GROUPS = /^(?:ADD_GROUP|DEL_GROUP|GRP_AUTH)$/

type Identity = { readonly id?: string; readonly name?: string | undefined }

function digits(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? text : undefined
}

/** A name as a program says it; `(unknown user)` is one as well, for it is what was tried. */
function saidName(record: AuditRecord, field: string): string | undefined {
  const name = record.saidText(field)
  return name === '' || name === '?' ? undefined : name
}

/** The account that a program's message is about: `acct=`, `id=`, or a `uid=` beside the sender's own. */
function accountOf(record: AuditRecord): Identity | undefined {
  const ownId = record.saidWord('id') ?? record.saidWord('uid')
  const id = digits(ownId)
  // Interpreted output has the name in the id's place.
  const idName = id === undefined ? ownId : record.saidWord('id') === undefined ? undefined : record.resolved('id')
  const name = saidName(record, 'acct') ?? idName
  if (id === undefined && name === undefined) return undefined
  const known = knownIdentities(record).find((one) => (id === undefined ? one.name === name : one.id === id))
  const fullId = id ?? known?.id
  const fullName = name ?? known?.name
  return { ...(fullId === undefined ? {} : { id: fullId }), ...(fullName === undefined ? {} : { name: fullName }) }
}

/** Ids whose names the record tells beside them. */
function knownIdentities(record: AuditRecord): readonly Identity[] {
  return [{ id: '0', name: 'root' }, ...['uid', 'auid'].flatMap((field) => identity(record, field) ?? [])]
}

function groupOf(record: AuditRecord): Identity | undefined {
  const ofGroup = OF_GROUPS.test(record.type)
  const name = saidName(record, 'grp') ?? (ofGroup ? saidName(record, 'acct') : undefined)
  const id = ofGroup ? digits(record.saidWord('id')) : digits(record.saidWord('gid'))
  return name === undefined && id === undefined ? undefined : { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) }
}

/** What a change gives an account in place of what it had. */
function changesOf(record: AuditRecord): Fields | undefined {
  const first = (...names: readonly string[]): string | undefined => names.map((name) => saidName(record, name)).find((value) => value !== undefined)
  const name = first('new-name', 'new_name', 'newname')
  const id = first('new-uid', 'new_uid')
  const group = first('new-gid', 'new_gid', 'new-group', 'new_group')
  const changes = { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), ...(group === undefined ? {} : { group: digits(group) === undefined ? { name: group } : { id: group } }) }
  return Object.keys(changes).length === 0 ? undefined : changes
}

/**
 * Who did it: the real user and group, the effective ones where they differ (sudo, a set-uid program), and as `user.audit`
 * the one who logged in, which stays the same through su and sudo.
 */
function callerOf(record: AuditRecord): Record<string, unknown> {
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
  return fields
}

/**
 * `user.*` and `group.*` of an event. A program's message (`notice`) is sent by one account, mostly root, about another one: that
 * one is the user and the sender's the effective one; of a change to accounts it is the target.
 */
export function userFields(main: AuditRecord, notice: AuditRecord | undefined): { readonly user?: Fields; readonly group?: Fields } {
  const user = callerOf(main)
  const group = notice === undefined ? undefined : groupOf(notice)
  const account = notice === undefined || OF_GROUPS.test(notice.type) ? undefined : accountOf(notice)
  if (notice !== undefined && CHANGES.test(notice.type)) {
    const target = { ...account, ...(group === undefined || account === undefined ? {} : { group }) }
    if (Object.keys(target).length > 0) user['target'] = target
    const changes = changesOf(notice)
    if (changes !== undefined) user['changes'] = changes
  } else if (account !== undefined) {
    const sender = identity(main, 'uid')
    if (sender !== undefined && !(account.id === undefined ? sender.name === account.name : sender.id === account.id)) {
      user['effective'] ??= sender
      delete user['group']
    }
    delete user['id']
    delete user['name']
    Object.assign(user, account)
  }
  return { ...(Object.keys(user).length === 0 ? {} : { user }), ...(group === undefined ? {} : { group }) }
}
