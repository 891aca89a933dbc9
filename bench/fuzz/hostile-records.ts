import type { EcsEvent } from '@/lib/ecs/event'
import { endEvent, execEvent, forkEvent, imdsPair, networkEvent, TEST_TIME, testHost, withFields } from '@/lib/ecs/testing'
import { auditCall, auditConnect, auditExec, auditExit, auditFork } from '@/lib/ecs/testing/audit'
import type { Random } from '../random'
import { bytesOf, damage, hostileValue, KEY_FIELDS } from './hostile-values'

/** Few enough that records of one host and process meet. */
const HOSTS = Array.from({ length: 40 }, (_, i) => testHost({ name: `fuzz-${i}` }))
const PIDS = 60

/** A document as a sensor sends it, about one of few processes of few hosts. */
function document(random: Random): EcsEvent {
  const options = {
    host: random.pick(HOSTS),
    pid: 4_700 + random.below(PIDS),
    at: TEST_TIME + random.below(600_000),
    name: random.pick(['curl', 'bash', 'python3', 'sshd', 'wget']),
    tty: random.chance(0.3),
    ...(random.chance(0.2) ? { parent: null } : {}),
    id: `fuzz-${random.hex(10)}`,
  }
  const kind = random.next()
  if (kind < 0.35) return execEvent(options)
  if (kind < 0.7) return networkEvent({ ...options, ...(random.chance(0.3) ? { destinationIp: '10.0.0.2' } : {}) })
  if (kind < 0.8) return forkEvent(options)
  if (kind < 0.9) return endEvent(options)
  const [exec, network] = imdsPair(options)
  return random.chance(0.5) ? exec : network
}

const ABSENT = ['event.id', 'process.entity_id', 'process.parent.entity_id', 'host.id', 'process.pid', 'agent.id'] as const

/** One line of JSON (or what once was): key fields changed in place, given again with dots, given twice, and the line damaged. */
export function hostileDocument(random: Random): string {
  const values: string[] = []
  const fields: Record<string, unknown> = {}
  if (random.chance(0.3)) for (const field of ABSENT) if (random.chance(0.5)) fields[field] = undefined
  for (let changes = random.below(4); changes > 0; changes--) {
    fields[random.pick(KEY_FIELDS)] = `@@${values.length}@@`
    values.push(hostileValue(random))
  }
  // A parent and its child may both be set; the later one stands on what the earlier left.
  let text = bytesOf(JSON.stringify(withFields(document(random), fields)))
  for (const [at, value] of values.entries()) text = text.replace(`"@@${at}@@"`, () => value)
  for (let added = random.pick([0, 0, 1, 2]); added > 0; added--) {
    const name = random.chance(0.05) ? random.pick(['__proto__', 'constructor', '\\ud800', '\\u0000', '', 'a..b', '.']) : random.pick(KEY_FIELDS)
    const spelled = random.chance(0.3) ? name.split('.').reduceRight((rest, part) => `{"${part}":${rest}}`, hostileValue(random)).slice(1, -1) : `"${name}":${hostileValue(random)}`
    const whole = spelled.startsWith('"') ? spelled : `"${name}":null`
    text = random.chance(0.5) ? `{${whole},${text.slice(1)}` : `${text.slice(0, -1)},${whole}}`
  }
  if (random.chance(0.02)) text = `{"_index":"x","_source":${text}}`
  if (random.chance(0.25)) text = damage(random, text)
  return text
}

/** All lines of one audit event, each perhaps damaged, perhaps out of order or incomplete. */
export function hostileAudit(random: Random): string[] {
  const options = {
    serial: random.below(40_000),
    at: random.below(600_000),
    node: random.chance(0.1) ? null : `fuzz-${random.below(40)}`,
    pid: 4_700 + random.below(PIDS),
    ppid: 4_700 + random.below(PIDS),
    exe: random.pick(['/usr/bin/curl', '/usr/bin/bash', '/tmp/ä b', '/usr/sbin/sshd']),
  }
  const stamp = `msg=audit(${1_793_700_000 + random.below(600)}.${100 + random.below(900)}:${options.serial})`
  const lines = random.pick<() => readonly string[]>([
    () => auditExec({ ...options, args: [random.pick(['sh', 'curl', '']), '-c', random.pick(['curl http://169.254.169.254/ | sh', 'a b', '\u202Ex'])] }),
    () => auditConnect(options),
    () => auditFork({ ...options, child: 4_700 + random.below(PIDS) }),
    () => auditExit(options),
    () => [auditCall(random.below(450), 'success=yes exit=0', options)],
    () => [`node=fuzz-1 type=USER_LOGIN ${stamp}: pid=1 uid=0 auid=1000 ses=1 msg='op=login acct="eve" exe="/usr/sbin/sshd" addr=192.0.2.1 terminal=/dev/pts/1 res=success'\u001DUID="root" AUID="eve"`],
    () => [`Nov  3 10:00:00 fuzz-2 audisp-syslog[985]: type=AVC ${stamp}: avc:  denied  { name_connect } for  pid=4711 comm="curl" dest=80 scontext=a:b:c:s0 tcontext=d:e:f:s0 tclass=tcp_socket permissive=0`],
    () => [`type=PROCTITLE ${stamp}: proctitle=6375726C00687474703A2F2F3136392E3235342E3136392E323534`],
  ])()
  const changed = lines.map((line) => (random.chance(0.5) ? damage(random, bytesOf(line)) : bytesOf(line)))
  if (random.chance(0.1)) changed.reverse()
  return changed.slice(random.chance(0.1) ? 1 : 0)
}
