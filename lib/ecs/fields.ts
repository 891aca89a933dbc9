/**
 * The fields an event may have and their types: the Elastic Common Schema with what Elastic Defend adds to it. Field sets
 * that ECS reuses (a hash, a user, an operating system …) are written once and unfolded.
 */
import type { DateFormat } from './date-format'

export type FieldType =
  | 'keyword'
  | 'constant_keyword'
  | 'wildcard'
  | 'text'
  | 'long'
  | 'double'
  | 'boolean'
  | 'date'
  | 'ip'
  | 'version'
  | 'geo_point'
  | 'nested'
  | 'object'
  | 'flattened'

export interface FieldInfo {
  readonly type: FieldType
  /** Where the value is read when that is not the field's own name: an alias' target, a multi-field's parent. */
  readonly path?: string
  /** Read in place of an explicit null. */
  readonly nullValue?: unknown
  /** The value that every event has, whether it is written in it or not. */
  readonly constant?: string
  /** How a mapping writes dates; without it they are what `parseTimestamp` reads. */
  readonly format?: DateFormat
  /** A date is kept to the millisecond: a mapping's `date`, unlike its `date_nanos`. */
  readonly millis?: boolean
}

/** What the checker and the compiler ask about fields. */
export interface Schema {
  lookup(name: string): FieldInfo | undefined
  /** For "did you mean". */
  names(): Iterable<string>
  /** Whether a field the schema does not have is an author's mistake or may well be in the data. */
  readonly unknownFields: 'error' | 'warning'
}

/** `k` keyword, `w` wildcard, `t` text, `l` long, `d` double, `b` boolean, `D` date, `i` ip, `v` version, `g` geo_point, `n` nested, `o` object, `f` flattened, `c` constant_keyword. */
const LETTERS: Readonly<Record<string, FieldType>> = {
  k: 'keyword',
  c: 'constant_keyword',
  w: 'wildcard',
  t: 'text',
  l: 'long',
  d: 'double',
  b: 'boolean',
  D: 'date',
  i: 'ip',
  v: 'version',
  g: 'geo_point',
  n: 'nested',
  o: 'object',
  f: 'flattened',
}

/** A field set: lines of a type letter and names; `prefix <set` unfolds another set below the prefix. */
type FieldSet = readonly string[]

const HASH: FieldSet = ['k cdhash md5 sha1 sha256 sha384 sha512 ssdeep tlsh imphash all']
const OS: FieldSet = ['k family kernel name platform type version full Ext.variant']
const GEO: FieldSet = [
  'k city_name continent_code continent_name country_iso_code country_name name postal_code region_iso_code region_name timezone',
  'g location',
]
const AS: FieldSet = ['l number', 'k organization.name']
const GROUP: FieldSet = ['k domain id name Ext.real.id Ext.real.name']
const USER_CORE: FieldSet = ['k domain email full_name hash id name roles Ext.real.id Ext.real.name', 'group <GROUP']
const RISK: FieldSet = ['k calculated_level static_level', 'd calculated_score calculated_score_norm static_score static_score_norm']
const USER: FieldSet = ['<USER_CORE', 'changes <USER_CORE', 'effective <USER_CORE', 'target <USER_CORE', 'risk <RISK']
const CODE_SIGNATURE: FieldSet = [
  'b exists trusted valid',
  'k digest_algorithm flags signing_id status subject_name team_id thumbprint_sha256',
  'D timestamp',
]
const ELF: FieldSet = [
  'k architecture byte_order cpu_type go_import_hash header.abi_version header.class header.data header.object_version header.os_abi',
  'k header.type header.version import_hash shared_libraries telfhash',
  'D creation_date',
  'b go_stripped',
  'f exports go_imports imports',
  'l go_imports_names_entropy go_imports_names_var_entropy header.entrypoint imports_names_entropy imports_names_var_entropy',
  'n sections segments',
]
const MACHO: FieldSet = [
  'k go_import_hash import_hash symhash',
  'b go_stripped',
  'f go_imports imports',
  'l go_imports_names_entropy go_imports_names_var_entropy imports_names_entropy imports_names_var_entropy',
  'n sections',
]
const PE: FieldSet = [
  'k architecture company description file_version go_import_hash imphash import_hash original_file_name pehash product',
  'b go_stripped',
  'f go_imports imports',
  'l go_imports_names_entropy go_imports_names_var_entropy imports_names_entropy imports_names_var_entropy',
  'n sections',
]
const DISTINGUISHED_NAME: FieldSet = [
  'k common_name country distinguished_name locality organization organizational_unit state_or_province',
]
const X509: FieldSet = [
  'k alternative_names public_key_algorithm public_key_curve serial_number signature_algorithm version_number',
  'D not_after not_before',
  'l public_key_exponent public_key_size',
  'issuer <DISTINGUISHED_NAME',
  'subject <DISTINGUISHED_NAME',
]
const TTY: FieldSet = ['o tty', 'l tty.char_device.major tty.char_device.minor tty.columns tty.rows']
const IO: FieldSet = [
  'o io io.bytes_skipped',
  'l io.bytes_skipped.length io.bytes_skipped.offset io.total_bytes_captured io.total_bytes_skipped',
  'b io.max_bytes_per_process_exceeded',
  'w io.text',
  'k io.type',
]
const PROCESS_EXT: FieldSet = [
  'k ancestry architecture authentication_id code_signature.status code_signature.subject_name device.bus_type device.dos_name',
  'k device.product_id device.serial_number device.vendor_id device.volume_device_type protection services session token.domain token.elevation_level',
  'k token.elevation_type token.impersonation_level token.integrity_level_name token.sid token.type token.user user variant',
  'k api.name api.behaviors api.parameters.address api.summary memory_region.allocation_protection memory_region.allocation_type memory_region.mapped_path',
  'k memory_region.region_protection effective_parent.entity_id effective_parent.executable effective_parent.name desktop_name',
  'b code_signature.exists code_signature.trusted code_signature.valid token.elevation token.is_appcontainer',
  'l created_suspended effective_parent.pid token.integrity_level mitigation_policies_count memory_region.region_size',
  'd relative_file_creation_time relative_file_name_modify_time defense_evasions_count',
  'k defense_evasions mitigation_policies session_info.logon_type session_info.client_address session_info.id command_line_hash',
  'k dll.name dll.path windows.zone_identifier trusted trusted_descendant',
]
const PROCESS_CORE: FieldSet = [
  'k args entity_id executable name title working_directory env_vars supplemental_groups.id supplemental_groups.name attested_user.id attested_user.name',
  'k attested_groups.name origin_referrer_url origin_url thread.name thread.capabilities.effective thread.capabilities.permitted',
  'w command_line',
  'l args_count exit_code pgid pid ppid thread.id uptime vpid',
  'b interactive same_as_process',
  'D start end',
  '<TTY',
  '<IO',
  'code_signature <CODE_SIGNATURE',
  'elf <ELF',
  'hash <HASH',
  'macho <MACHO',
  'pe <PE',
  'user <USER_CORE',
  'real_user <USER_CORE',
  'saved_user <USER_CORE',
  'group <GROUP',
  'real_group <GROUP',
  'saved_group <GROUP',
  'Ext <PROCESS_EXT',
]
const PROCESS_LEADER: FieldSet = ['<PROCESS_CORE', 'parent <PROCESS_CORE', 'k entry_meta.type entry_meta.source.address', 'i entry_meta.source.ip']
const PROCESS: FieldSet = [
  '<PROCESS_CORE',
  'parent <PROCESS_CORE',
  'parent.group_leader <PROCESS_CORE',
  'entry_leader <PROCESS_LEADER',
  'entry_leader.parent.session_leader <PROCESS_CORE',
  'group_leader <PROCESS_LEADER',
  'session_leader <PROCESS_LEADER',
  'session_leader.parent.session_leader <PROCESS_CORE',
  'responsible <PROCESS_CORE',
  'k entry_meta.type entry_meta.source.address previous.args previous.executable',
  'i entry_meta.source.ip',
  'l previous.args_count',
]
const FILE: FieldSet = [
  'D accessed created ctime mtime',
  'k attributes device directory drive_letter extension fork_name gid group inode mime_type mode name owner path target_path type uid origin_referrer_url',
  'k origin_url Ext.device.bus_type Ext.device.dos_name Ext.device.nt_name Ext.device.product_id Ext.device.serial_number Ext.device.type',
  'k Ext.device.vendor_id Ext.device.volume_device_type Ext.device.file_system_type Ext.header_bytes Ext.header_data Ext.monotonic_id Ext.original.extension',
  'k Ext.original.gid Ext.original.group Ext.original.mode Ext.original.name Ext.original.owner Ext.original.path Ext.original.uid',
  'k Ext.windows.zone_identifier Ext.malware_signature.all_names Ext.quarantine_path Ext.temp_file_path Ext.code_signature.status Ext.code_signature.subject_name',
  'l size Ext.entry_modified',
  'd Ext.entropy',
  'b Ext.code_signature.exists Ext.code_signature.trusted Ext.code_signature.valid Ext.quarantine_result',
  'code_signature <CODE_SIGNATURE',
  'elf <ELF',
  'hash <HASH',
  'macho <MACHO',
  'pe <PE',
  'x509 <X509',
]
const ENDPOINT: FieldSet = [
  'k address domain mac registered_domain subdomain top_level_domain',
  'l bytes packets port nat.port',
  'i ip nat.ip',
  'as <AS',
  'geo <GEO',
  'user <USER_CORE',
]
const VLAN: FieldSet = ['k id name']
const INTERFACE: FieldSet = ['k alias id name']
const TLS_PARTY: FieldSet = ['k certificate certificate_chain hash.md5 hash.sha1 hash.sha256 issuer subject', 'D not_after not_before', 'x509 <X509']
const CLOUD: FieldSet = [
  'k account.id account.name availability_zone instance.id instance.name machine.type project.id project.name provider region service.name',
]
const SERVICE: FieldSet = ['k address environment ephemeral_id id name node.name node.role node.roles state type version']
const HOST: FieldSet = [
  'k architecture boot.id domain hostname id mac name pid_ns_ino type user.name',
  'd cpu.usage',
  'l disk.read.bytes disk.write.bytes network.egress.bytes network.egress.packets network.ingress.bytes network.ingress.packets uptime',
  'i ip',
  'geo <GEO',
  'os <OS',
  'risk <RISK',
]
const URL: FieldSet = [
  'k domain extension fragment password query registered_domain scheme subdomain top_level_domain username',
  'w full original path',
  'l port',
]
const DLL: FieldSet = [
  'k name path Ext.device.volume_device_type Ext.device.product_id Ext.device.vendor_id Ext.code_signature.status',
  'k Ext.code_signature.subject_name Ext.defense_evasions',
  'l Ext.load_index Ext.size',
  'd Ext.relative_file_creation_time Ext.relative_file_name_modify_time',
  'b Ext.code_signature.exists Ext.code_signature.trusted Ext.code_signature.valid',
  'code_signature <CODE_SIGNATURE',
  'hash <HASH',
  'pe <PE',
]
const INDICATOR: FieldSet = [
  'k confidence description email.address name provider reference type marking.tlp marking.tlp_version matched.atomic matched.field matched.type',
  'D first_seen last_seen modified_at',
  'i ip',
  'l port scanner_stats sightings',
  'as <AS',
  'file <FILE',
  'geo <GEO',
  'url <URL',
  'x509 <X509',
]
const ROOT: FieldSet = [
  'D @timestamp',
  't message',
  'k tags',
  'o labels',
  'agent <AGENT',
  'as <AS',
  'client <ENDPOINT',
  'cloud <CLOUD',
  'cloud.origin <CLOUD',
  'cloud.target <CLOUD',
  'k container.id container.image.hash.all container.image.name container.image.tag container.name container.runtime',
  'd container.cpu.usage container.memory.usage',
  'l container.disk.read.bytes container.disk.write.bytes container.network.egress.bytes container.network.ingress.bytes',
  'b container.security_context.privileged',
  'o container.labels',
  'c data_stream.dataset data_stream.namespace data_stream.type',
  'destination <ENDPOINT',
  'k device.id device.manufacturer device.model.identifier device.model.name device.serial_number',
  'dll <DLL',
  'k dns.answers.class dns.answers.data dns.answers.name dns.answers.type dns.header_flags dns.id dns.op_code dns.question.class dns.question.name',
  'k dns.question.registered_domain dns.question.subdomain dns.question.top_level_domain dns.question.type dns.response_code dns.type',
  'l dns.answers.ttl dns.Ext.status dns.Ext.options',
  'i dns.resolved_ip',
  'k ecs.version',
  'k email.attachments.file.extension email.attachments.file.mime_type email.attachments.file.name email.bcc.address email.cc.address email.content_type',
  'k email.direction email.from.address email.local_id email.message_id email.reply_to.address email.sender.address email.subject email.to.address email.x_mailer',
  'D email.delivery_timestamp email.origination_timestamp',
  'k error.code error.id error.type',
  't error.message',
  'w error.stack_trace',
  'k event.action event.agent_id_status event.category event.code event.dataset event.hash event.id event.kind event.module event.original event.outcome',
  'k event.provider event.reason event.reference event.timezone event.type event.url event.Ext.correlation.id',
  'D event.created event.end event.ingested event.start',
  'l event.duration event.sequence event.severity',
  'd event.risk_score event.risk_score_norm',
  'b faas.coldstart',
  'k faas.execution faas.id faas.name faas.trigger.request_id faas.trigger.type faas.version',
  'file <FILE',
  'geo <GEO',
  'group <GROUP',
  'hash <HASH',
  'host <HOST',
  'l http.request.body.bytes http.request.bytes http.response.body.bytes http.response.bytes http.response.status_code',
  'k http.request.id http.request.method http.request.mime_type http.request.referrer http.response.mime_type http.version',
  'w http.request.body.content http.response.body.content',
  'w log.file.path',
  'k log.level log.logger log.origin.file.name log.origin.function log.syslog.appname log.syslog.hostname log.syslog.msgid log.syslog.procid log.syslog.version',
  'k log.syslog.facility.name log.syslog.severity.name',
  'l log.origin.file.line log.syslog.facility.code log.syslog.priority log.syslog.severity.code',
  'k network.application network.community_id network.direction network.iana_number network.name network.protocol network.transport network.type',
  'l network.bytes network.packets',
  'i network.forwarded_ip',
  'network.vlan <VLAN',
  'network.inner.vlan <VLAN',
  'observer.egress.interface <INTERFACE',
  'observer.ingress.interface <INTERFACE',
  'observer.egress.vlan <VLAN',
  'observer.ingress.vlan <VLAN',
  'k observer.egress.zone observer.hostname observer.ingress.zone observer.mac observer.name observer.product observer.serial_number observer.type',
  'k observer.vendor observer.version',
  'i observer.ip',
  'observer.geo <GEO',
  'observer.os <OS',
  'k orchestrator.api_version orchestrator.cluster.id orchestrator.cluster.name orchestrator.cluster.url orchestrator.cluster.version orchestrator.namespace',
  'k orchestrator.organization orchestrator.resource.annotation orchestrator.resource.id orchestrator.resource.label orchestrator.resource.name',
  'k orchestrator.resource.parent.type orchestrator.resource.type orchestrator.type',
  'i orchestrator.resource.ip',
  'k organization.id organization.name',
  'k package.architecture package.build_version package.checksum package.description package.install_scope package.license package.name package.path',
  'k package.reference package.type package.version',
  'D package.installed',
  'l package.size',
  'process <PROCESS',
  'Target.process <PROCESS_CORE',
  'Target.process.parent <PROCESS_CORE',
  'Target.dll <DLL',
  'Effective_process <PROCESS_CORE',
  'k registry.data.bytes registry.data.type registry.hive registry.key registry.path registry.value registry.Ext.process',
  'w registry.data.strings',
  'k related.hash related.hosts related.user',
  'i related.ip',
  'k rule.author rule.category rule.description rule.id rule.license rule.name rule.reference rule.ruleset rule.uuid rule.version',
  'server <ENDPOINT',
  'service <SERVICE',
  'service.origin <SERVICE',
  'service.target <SERVICE',
  'source <ENDPOINT',
  'k span.id trace.id transaction.id',
  'k threat.feed.name threat.feed.reference threat.framework threat.group.alias threat.group.id threat.group.name threat.group.reference threat.software.alias',
  'k threat.software.id threat.software.name threat.software.platforms threat.software.reference threat.software.type threat.tactic.id threat.tactic.name',
  'k threat.tactic.reference threat.technique.id threat.technique.name threat.technique.reference threat.technique.subtechnique.id',
  'k threat.technique.subtechnique.name threat.technique.subtechnique.reference',
  'n threat.enrichments',
  'threat.indicator <INDICATOR',
  'k tls.cipher tls.client.ja3 tls.client.server_name tls.client.supported_ciphers tls.curve tls.next_protocol tls.server.ja3s tls.version tls.version_protocol',
  'b tls.established tls.resumed',
  'tls.client <TLS_PARTY',
  'tls.server <TLS_PARTY',
  'url <URL',
  'user <USER',
  'k user_agent.device.name user_agent.name user_agent.original user_agent.version',
  'user_agent.os <OS',
  'k vulnerability.category vulnerability.classification vulnerability.description vulnerability.enumeration vulnerability.id vulnerability.reference',
  'k vulnerability.report_id vulnerability.scanner.vendor vulnerability.score.version vulnerability.severity',
  'd vulnerability.score.base vulnerability.score.environmental vulnerability.score.temporal',
]
const AGENT: FieldSet = ['k build.original ephemeral_id id name type version']

const SETS: Readonly<Record<string, FieldSet>> = {
  AGENT,
  AS,
  CLOUD,
  CODE_SIGNATURE,
  DISTINGUISHED_NAME,
  DLL,
  ELF,
  ENDPOINT,
  FILE,
  GEO,
  GROUP,
  HASH,
  HOST,
  INDICATOR,
  INTERFACE,
  IO,
  MACHO,
  OS,
  PE,
  PROCESS,
  PROCESS_CORE,
  PROCESS_EXT,
  PROCESS_LEADER,
  RISK,
  SERVICE,
  TLS_PARTY,
  TTY,
  URL,
  USER,
  USER_CORE,
  VLAN,
  X509,
}

function unfold(set: FieldSet, prefix: string, into: Map<string, FieldInfo>): void {
  for (const line of set) {
    const reuse = /^(?:(\S+) )?<(\w+)$/.exec(line)
    if (reuse) {
      unfold(SETS[reuse[2] ?? ''] ?? [], reuse[1] === undefined ? prefix : `${prefix}${reuse[1]}.`, into)
      continue
    }
    const [letter = '', ...names] = line.split(' ')
    const info: FieldInfo = { type: LETTERS[letter] ?? 'keyword' }
    for (const name of names) into.set(prefix + name, info)
  }
}

let table: ReadonlyMap<string, FieldInfo> | null = null

/** Every field of the table with its type; unfolded on first use, for a browser that never asks should not pay. */
export function ecsFields(): ReadonlyMap<string, FieldInfo> {
  if (!table) {
    const fields = new Map<string, FieldInfo>()
    unfold(ROOT, '', fields)
    table = fields
  }
  return table
}

// The free-form parts of ECS: whatever stands below them is a keyword.
const FREE = ['labels.', 'container.labels.']

export function ecsField(name: string): FieldInfo | undefined {
  return ecsFields().get(name) ?? textMultiField(name) ?? (FREE.some((f) => name.startsWith(f)) ? { type: 'keyword' } : undefined)
}

/** `process.name.text` and `process.command_line.caseless` are other readings of the same value. */
function textMultiField(name: string): FieldInfo | undefined {
  const match = /^(.+)\.(text|caseless|keyword)$/.exec(name)
  const parent = match?.[1] === undefined ? undefined : ecsFields().get(match[1])
  if (!match || !parent || match[1] === undefined) return undefined
  return { type: match[2] === 'text' ? 'text' : 'keyword', path: match[1] }
}

/** ECS as a schema: a field it does not have may still be in the data (winlog.*, aws.* …), so it is a warning. */
export const ECS_SCHEMA: Schema = {
  lookup: ecsField,
  names: () => ecsFields().keys(),
  unknownFields: 'warning',
}

/** Types that hold text, and so take `:`, `like` and the string functions. */
export function isTextType(type: FieldType): boolean {
  return type === 'keyword' || type === 'constant_keyword' || type === 'wildcard' || type === 'text' || type === 'version' || type === 'flattened'
}
