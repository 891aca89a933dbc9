import { Random } from './random'
import { ARGUMENTS, FILES, FILE_ACTIONS, FOLDERS, PROGRAMS, USERS } from './vocabulary'

/** A program that is rare on the hosts of the generator, or not there at all: rules look for what is unusual. */
function rareProgram(random: Random): string {
  return random.chance(0.5) ? `${random.pick(PROGRAMS)}-${random.hex(2)}` : (PROGRAMS[PROGRAMS.length - 1 - Math.floor(random.next() ** 2 * 40)] ?? 'nc')
}

/**
 * Distinct detection rules for Linux with the make-up of a public corpus: four in five look at one event, lists of names and
 * wildcards, exclusions, a few functions and regular expressions. Every one asks for Linux, so none is out of the question
 * from the start.
 */
export function generateRules(count: number, seed: number): readonly { id: string; source: string }[] {
  const random = new Random(seed)
  const seen = new Set<string>()
  while (seen.size < count) seen.add(rule(random))
  return [...seen].map((source, i) => ({ id: `rule-${i + 1}`, source }))
}

function rule(random: Random): string {
  if (random.chance(0.8)) return stage(random, random.skewed(['process', 'file', 'network']))
  const key = random.pick(['host.id, process.entity_id', 'host.id, process.parent.entity_id', 'host.id, user.id'])
  const runs = random.chance(0.1) ? ' with runs=5' : ''
  const first = stage(random, 'process')
  const second = runs === '' ? `\n  [${stage(random, random.pick(['network', 'file', 'process']))}]` : ''
  return `sequence by ${key} with maxspan=${random.pick(['1s', '5s', '30s', '1m'])}\n  [${first}]${runs}${second}`
}

function list(random: Random, make: () => string, most: number): string {
  return `(${Array.from({ length: 2 + random.below(most - 1) }, () => JSON.stringify(make())).join(', ')})`
}

function stage(random: Random, category: string): string {
  const parts = ['host.os.type == "linux"']
  if (category === 'process') {
    parts.push('event.type == "start"')
    if (random.chance(0.7)) parts.push('event.action == "exec"')
    parts.push(processCondition(random))
    if (random.chance(0.8)) parts.push(argumentCondition(random))
  } else if (category === 'network') {
    parts.push(`event.action == "${random.pick(['connection_attempted', 'connection_accepted', 'lookup_result'])}"`)
    parts.push(random.chance(0.3) ? `destination.port in (${random.pick([4444, 1337, 8443, 9001])}, ${random.pick([31337, 6667, 5353])})` : processCondition(random))
    if (random.chance(0.5)) parts.push('not cidrmatch(destination.ip, "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1")')
  } else {
    parts.push(`event.action in ("${random.pick(FILE_ACTIONS)}", "${random.pick(FILE_ACTIONS)}")`)
    parts.push(`file.path : ${list(random, () => `${random.pick(FILES)}${random.hex(2)}*`, 6)}`)
    if (random.chance(0.4)) parts.push(processCondition(random))
  }
  if (random.chance(0.6)) parts.push(`not process.parent.executable : ${list(random, () => `${random.pick(FOLDERS)}/${random.pick(PROGRAMS)}*`, 8)}`)
  if (random.chance(0.3)) parts.push(`not process.executable in ${list(random, () => `${random.pick(FOLDERS)}/${random.pick(PROGRAMS)}`, 5)}`)
  if (random.chance(0.15)) parts.push(`user.name != "${random.pick(USERS)}"`)
  return `${category} where ${parts.join(' and ')}`
}

function processCondition(random: Random): string {
  const names = () => rareProgram(random)
  switch (random.below(6)) {
    case 0:
    case 1:
      return `process.name in ${list(random, names, 10)}`
    case 2:
      return `process.name : ${list(random, () => (random.chance(0.2) ? `${names()}*` : names()), 10)}`
    case 3:
      return `(process.name : ${list(random, names, 4)} or process.executable : ${list(random, () => `${random.pick(FOLDERS)}/${random.hex(3)}*`, 6)})`
    case 4:
      return `process.executable : ${list(random, () => `${random.pick(FOLDERS)}/${names()}${random.hex(1)}*`, 8)}`
    default:
      return `process.parent.name in ${list(random, names, 6)} and process.name like ${list(random, () => `${names()}${random.hex(1)}*`, 5)}`
  }
}

function argumentCondition(random: Random): string {
  switch (random.below(6)) {
    case 0:
    case 1:
      return `process.args in ${list(random, () => `${random.pick(ARGUMENTS)}${random.hex(1)}`, 5)}`
    case 2:
      return `process.args : "*${random.hex(4)}*"`
    case 3:
      return `process.command_line : ${list(random, () => `*${random.pick(ARGUMENTS)} ${random.hex(3)}*`, 4)}`
    case 4:
      return `process.args_count >= ${2 + random.below(4)} and stringContains~(process.command_line, "${random.hex(3)}")`
    default:
      return `process.command_line regex """.*[0-9]{1,3}\\.${random.hex(2)}[a-z]+ .*"""`
  }
}
