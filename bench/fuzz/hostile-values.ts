import type { Random } from '../random'

/**
 * bench/fuzz: hostile input for a real console. All text is held as one character a byte ("latin1"), so that bytes which are no
 * UTF-8 can stand anywhere; `Buffer.from(text, 'latin1')` makes the input of it.
 */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** What keys, joins and look-ups are made of. */
export const KEY_FIELDS = [
  '@timestamp', 'host.id', 'host.name', 'host.hostname', 'host.os.type', 'host.ip', 'agent.id', 'agent.type', 'event', 'event.id', 'event.category', 'event.type',
  'event.action', 'event.sequence', 'event.created', 'event.outcome', 'process', 'process.entity_id', 'process.pid', 'process.name', 'process.executable', 'process.args',
  'process.args_count', 'process.command_line', 'process.working_directory', 'process.start', 'process.end', 'process.hash', 'process.hash.sha256', 'process.parent',
  'process.parent.entity_id', 'process.parent.pid', 'process.parent.name', 'process.parent.executable', 'process.parent.start', 'process.interactive', 'process.tty',
  'process.user', 'process.entry_leader.entity_id', 'process.group_leader.entity_id', 'user', 'user.id', 'user.name', 'destination', 'destination.ip', 'destination.port',
  'source.ip', 'network.direction', 'network.type', 'cloud.provider', 'cloud.instance.id', 'data_stream.dataset', 'linklocal', 'linklocal.enriched', 'message', 'labels', 'tags',
] as const

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '']

/** Texts as JSON spells them, with their quotes. */
const TEXTS = [
  '""', '" "', '"\\ud800"', '"a\\ud83d"', '"\\udc00\\ud800"', '"\\udfffx\\udbff"', '"\\ud83d\\ude00"', '"\\u0000"', '"a\\u0000b"', '"\\u001d\\u0001\\u001f"', '"\\ufffe\\uffff"', '"\\u202e\\u2066x\\u2069"',
  bytesOf('"\u202Egpj.exe"'), bytesOf('"e\u0301\u00E9\uFEFF\u200B"'), bytesOf('"\u{1F600}\u{10FFFF}"'), '"\xff\xfe"', '"\xed\xa0\x80"', '"\xed\xb0\x80\xed\xa0\x80"', '"\xed\xa0\xbd\xed\xb8\x80"', '"\xc0\x80"', '"\xe2\x82"', '"\xf4\x90\x80\x80"', '"\xf8\x88\x80\x80\x80"', '"\x80"',
  '"__proto__"', '"constructor"', '"toString"', '"null"', '"*"', '"%"', '"\'; DROP TABLE event; --"', '"<script>alert(1)</script>"', '"$(id)"', '"\\\\\\"\\/\\b\\f\\n\\r\\t"', '"pid:h:4711"', '"pid:h:4711@1793700000000"',
  '"169.254.169.254"', '"::ffff:169.254.169.254"', '"fd00:ec2::254"', '"2852039166"', '"999.1.1.1"', '"fe80::1%eth0"', '"4711"', '"-1"', '"1e3"', '"0x10"', '"18446744073709551616"', '"process"', '"network"', '"exec"', '"connection_attempted"', '"curl"', '"linux"',
]
const TIMES = [
  '"2026-11-03T10:00:00.123456789Z"', '"2026-11-03T10:00:00.9999999999999Z"', '"2026-02-30T00:00:00Z"', '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999999Z"', '"+275760-09-13T00:00:00.001Z"', '"1969-12-31T23:59:59.999Z"', '"1970-01-01"',
  '"2026-11-03T10:00:60Z"', '"2026-11-03T24:00:00Z"', '"2026-11-03T10:00:00+23:59"', '"2026-11-03 10:00:00"', '"Tue Nov  3 10:00:00 2026"', '1793700000', '1793700000000', '1793700000000.5', '"1793700000000"', '253402300800000', '-1', '8640000000000001',
]
const OTHERS = [
  'null', 'true', 'false', '0', '-0', '-1', '0.1', '1e308', '1e999', '-1e999', '5e-324', '2147483648', '4294967296', '9007199254740993', '18446744073709551615', '-9223372036854775809', '123456789012345678901234567890', '4711', '4700',
  '[]', '{}', '[null]', '[[]]', '[{}]', '[[["x"]]]', '[null,"x",null]', '["a","b"]', '["b","a","a"]', '["process","network"]', '["network"]', '["10.0.0.1","169.254.169.254"]', '[4711,"4711"]', '[""]', '["",null]', '["\\ud800","\\udfff"]', '["curl","-s",1,null,{"a":[]}]',
  '{"id":"x"}', '{"id":{"id":[]}}', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"toString":1,"valueOf":2,"length":-1}', '{"":""}', '{".":1,"..":2,"a.":3,".a":4}', '{"\\ud800":1}', '{"\\u0000":1}', '{"a":1,"a":2}', '{"a.b":1,"a":{"b":2}}', '{"entity_id":"e1","pid":"4711"}',
]

/** Some JSON value that its field does not expect, or a name that means something elsewhere. */
export function hostileValue(random: Random): string {
  const kind = random.next()
  if (kind < 0.4) return random.pick(TEXTS)
  if (kind < 0.75) return random.pick(OTHERS)
  if (kind < 0.87) return random.pick(TIMES)
  if (kind < 0.93) return `[${Array.from({ length: 1 + random.below(5) }, () => random.pick(TEXTS)).join(',')}]`
  if (kind < 0.97) return `{"${random.pick(NAMES)}":${random.pick(OTHERS)},"id":${random.pick(TEXTS)}}`
  if (kind < 0.985) {
    const depth = random.pick([5, 30, 60, 63, 64, 65, 200, 3_000])
    return random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  }
  if (kind < 0.998) return `"${random.pick(['A', '\\ud800', bytesOf('\u202E'), '\\u0000', '\xff', "'"]).repeat(random.pick([256, 2_000, 9_000]))}"`
  return random.chance(0.5) ? `"${'x'.repeat(300_000)}"` : `[${'1,'.repeat(50_000)}1]`
}

/** What breaks a line of any kind when it is put somewhere. */
const SPLINTERS = [
  ...TEXTS.slice(0, 24).map((text) => text.slice(1, -1)), '"', '\\', '{', '}', '[', ']', ',', ':', "'", '=', '==', '\r', '\t', '\x00', '\x1d', '\x01', '\x1e', '#035', '#012', '\\n', 'null', '"@timestamp":5,', '"host":[],', '"event":{"id":{}},', '"process":null,', '"__proto__":{"x":1},',
  'type=SYSCALL', 'type=', ' msg=audit(', '): ', 'node=', 'a0[0]=', 'a0_len=99999', 'a99999999=x', 'argc=4294967295', 'saddr=0', 'saddr=0A00', 'saddr=', '----', "msg='", 'key=(null)', 'exit=-99999999999999999999', 'pid=-1', 'pid=99999999999', 'auid=4294967295', 'exe=2F', 'ARCH=x86_64',
]

/** Changes some places of a line: bytes changed, cut out, doubled, cut off, splinters put in. Never adds a line. */
export function damage(random: Random, line: string): string {
  let text = line
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(text.length + 1)
    const to = Math.min(text.length, at + random.below(40))
    switch (random.below(7)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1)
        break
      case 1:
        text = text.slice(0, at) + text.slice(to)
        break
      case 2:
        text = text.slice(0, to) + text.slice(at)
        break
      case 3:
        text = text.slice(0, at)
        break
      default:
        text = text.slice(0, at) + random.pick(SPLINTERS) + text.slice(at)
    }
  }
  return text.replaceAll('\n', ' ')
}
