import type { EcsEvent } from '@/lib/ecs/event'
import { readField, readText, readValues } from '@/lib/ecs/event'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { CONSTANTS } from './constants'
import type { SeclScalar, SeclValue } from './context'
import { bitOperation, parseInt64, toInt64 } from './int64'
import type { SeclInt } from './int64'
import { argsFlags, argsOptions, splitCommandLine } from './process-args'

/**
 * One process as records describe it: its own record first, then those that mention it. `at` is where it stands in the
 * record, `process` or, in a child's record, `process.parent`.
 */
export type ProcessRecord = readonly { readonly event: EcsEvent; readonly at: 'process' | 'process.parent' }[]

type Reader = (process: ProcessRecord) => SeclValue | undefined

function text(process: ProcessRecord, field: string): string | undefined {
  for (const { event, at } of process) {
    const value = readText(event, `${at}.${field}`)
    if (value !== undefined) return value
  }
  return undefined
}

function texts(process: ProcessRecord, field: string): readonly string[] {
  for (const { event, at } of process) {
    const values = readValues(event, `${at}.${field}`)
    if (values.length > 0) return values.filter((v) => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean').map(String)
  }
  return []
}

function int(process: ProcessRecord, ...fields: readonly string[]): SeclInt | undefined {
  for (const field of fields) {
    const value = text(process, field)
    const number = value === undefined ? null : parseInt64(value)
    if (number !== null) return number
  }
  return undefined
}

/** What a record says of its process beside `process.*`: who ran it, and in which container. */
function own(process: ProcessRecord, field: string): string | undefined {
  const record = process.find(({ at }) => at === 'process')
  return record && readText(record.event, field)
}

function ownInt(process: ProcessRecord, field: string): SeclInt | undefined {
  const value = own(process, field)
  return value === undefined ? undefined : (parseInt64(value) ?? undefined)
}

function instant(value: unknown): SeclInt | undefined {
  const time = parseTimestamp(value)
  return time ? toInt64(BigInt(time.ms) * 1_000_000n + BigInt(time.ns)) : undefined
}

export { instant as nanoseconds }

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function allArgs(process: ProcessRecord): readonly string[] {
  const args = texts(process, 'args')
  return args.length > 0 ? args : splitCommandLine(text(process, 'command_line') ?? '')
}

function argv(process: ProcessRecord): readonly string[] {
  return allArgs(process).slice(1)
}

function fileName(process: ProcessRecord): string | undefined {
  const path = text(process, 'executable')
  return path === undefined ? text(process, 'name') : baseName(path)
}

/** The kernel keeps fifteen bytes of a name. */
function comm(process: ProcessRecord): string | undefined {
  const name = text(process, 'thread.name') ?? text(process, 'name') ?? fileName(process)
  return name === undefined ? undefined : truncate(name, 15)
}

function truncate(name: string, bytes: number): string {
  const encoded = new TextEncoder().encode(name)
  return encoded.length <= bytes ? name : new TextDecoder().decode(encoded.slice(0, bytes)).replace(/\uFFFD$/, '')
}

/** The controlling terminal: "pts0", "tty1". Sources tell its name or, as the kernel does, the numbers of its device. */
function ttyName(process: ProcessRecord): string | undefined {
  for (const { event, at } of process) {
    const major = Number(readText(event, `${at}.tty.char_device.major`) ?? Number.NaN)
    const minor = Number(readText(event, `${at}.tty.char_device.minor`) ?? Number.NaN)
    if (Number.isInteger(major) && Number.isInteger(minor) && major > 0) return deviceName(major, minor)
    const named = readText(event, `${at}.tty.name`) ?? plainText(readField(event, `${at}.tty`))
    if (named !== undefined && !/^(?:\(none\)|\?|none|)$/.test(named)) return named.replace(/^\/dev\//, '').replaceAll('/', '')
  }
  return undefined
}

function plainText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function deviceName(major: number, minor: number): string {
  if (major >= 136 && major <= 143) return `pts${(major - 136) * 256 + minor}`
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`
  return major === 5 && minor === 1 ? 'console' : `${major}:${minor}`
}

function capabilities(process: ProcessRecord, which: string): SeclInt | undefined {
  const names = texts(process, `thread.capabilities.${which}`)
  if (names.length === 0) return undefined
  return names.reduce<SeclInt>((mask, name) => bitOperation('|', mask, CONSTANTS.get(name.toUpperCase()) ?? 0), 0)
}

function hashes(process: ProcessRecord): readonly SeclScalar[] {
  return ['md5', 'sha1', 'sha256'].flatMap((kind) => {
    const value = text(process, `hash.${kind}`)
    return value === undefined ? [] : [`${kind}:${value}`]
  })
}

function extension(process: ProcessRecord): string | undefined {
  const name = fileName(process) ?? ''
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot) : undefined
}

/** Every field of a process that ECS has, by its name after `process.`; a field that is not here is not collected. */
export const PROCESS_READERS: Readonly<Record<string, Reader>> = {
  'args': (p) => argv(p).join(' '),
  'args_flags': (p) => argsFlags(argv(p)),
  'args_options': (p) => argsOptions(argv(p)),
  'argv': argv,
  'argv0': (p) => allArgs(p)[0],
  'cap_effective': (p) => capabilities(p, 'effective'),
  'cap_permitted': (p) => capabilities(p, 'permitted'),
  'comm': comm,
  'container.id': (p) => own(p, 'container.id'),
  'container.runtime': (p) => own(p, 'container.runtime'),
  'created_at': (p) => instant(text(p, 'start')),
  'egid': (p) => int(p, 'group.id', 'real_group.id') ?? ownInt(p, 'group.id'),
  'egroup': (p) => text(p, 'group.name') ?? own(p, 'group.name'),
  'envp': (p) => texts(p, 'env_vars'),
  'envs': (p) => texts(p, 'env_vars').map((entry) => entry.replace(/=.*$/s, '')),
  'euid': (p) => int(p, 'user.id', 'real_user.id') ?? ownInt(p, 'user.id'),
  'euser': (p) => text(p, 'user.name') ?? own(p, 'user.name'),
  'file.extension': extension,
  'file.hashes': hashes,
  'file.name': fileName,
  'file.path': (p) => text(p, 'executable'),
  'gid': (p) => int(p, 'real_group.id', 'group.id') ?? ownInt(p, 'group.id'),
  'group': (p) => text(p, 'real_group.name') ?? text(p, 'group.name') ?? own(p, 'group.name'),
  'pid': (p) => int(p, 'pid'),
  'ppid': (p) => int(p, 'parent.pid'),
  'tid': (p) => int(p, 'thread.id', 'pid'),
  'tty_name': ttyName,
  'uid': (p) => int(p, 'real_user.id', 'user.id') ?? ownInt(p, 'user.id'),
  'user': (p) => text(p, 'real_user.name') ?? text(p, 'user.name') ?? own(p, 'user.name'),
}

/** Whether a record says anything of the process that stands at this place in it. */
export function describesProcess(event: EcsEvent, at: 'process' | 'process.parent'): boolean {
  return ['pid', 'entity_id', 'executable', 'name'].some((field) => readField(event, `${at}.${field}`) !== undefined)
}
