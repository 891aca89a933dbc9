import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { Random } from './random'
import { ARGUMENTS, FILES, FILE_ACTIONS, FOLDERS, PROGRAMS, USERS } from './vocabulary'

/**
 * A seeded stream of events as Elastic Defend on Linux reports them, about 1.6 kB each: processes that start and end, files,
 * connections, from twenty hosts. One process in some twenty thousand asks the instance metadata service.
 */
export class EventGenerator {
  readonly #random: Random
  readonly #hosts: readonly Host[]
  #now = Date.UTC(2026, 2, 1)
  #sequence = 0
  #pending: object | null = null

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#hosts = Array.from({ length: 20 }, (_, i) => new Host(i, this.#random))
  }

  next(): object {
    const random = this.#random
    this.#now += random.below(40)
    this.#sequence++
    const due = this.#pending
    if (due) {
      this.#pending = null
      return due
    }
    const host = random.pick(this.#hosts)
    const kind = random.next()
    if (kind < 0.45) {
      const action = random.skewed(['exec', 'fork', 'end'])
      const process = this.#process(host)
      if (action === 'exec' && random.chance(0.0001)) this.#pending = this.#network(host, { ...process, name: 'curl' }, '169.254.169.254', 80)
      return this.#event(host, ['process'], action === 'end' ? 'end' : 'start', action, { process })
    }
    if (kind < 0.8) {
      const path = random.skewed(FILES) + random.hex(6)
      const action = random.skewed(FILE_ACTIONS)
      const file = { path, name: path.slice(path.lastIndexOf('/') + 1), extension: random.pick(['log', 'tmp', 'html', '', 'so']), size: random.below(1e6) }
      return this.#event(host, ['file'], action === 'deletion' ? 'deletion' : 'change', action, { process: this.#process(host), file })
    }
    return this.#network(host, this.#process(host), `${random.below(223) + 1}.${random.below(256)}.${random.below(256)}.${random.below(256)}`, random.pick([443, 80, 22, 5432, 6379, 53]))
  }

  #network(host: Host, process: object, address: string, port: number): object {
    const random = this.#random
    return this.#event(host, ['network'], 'start', random.skewed(['connection_attempted', 'disconnect_received', 'connection_accepted', 'lookup_result']), {
      process,
      destination: { ip: address, address, port },
      source: { ip: host.address, address: host.address, port: 32_768 + random.below(28_000), bytes: random.below(1e5) },
      network: { transport: 'tcp', type: 'ipv4', direction: 'egress', bytes: random.below(1e6) },
    })
  }

  #process(host: Host): object {
    const random = this.#random
    const name = random.skewed(PROGRAMS)
    const args = [name, ...Array.from({ length: 1 + random.below(6) }, () => random.pick(ARGUMENTS))]
    const parent = random.skewed(PROGRAMS)
    const folder = random.skewed(FOLDERS)
    return {
      pid: 1_000 + random.below(60_000),
      entity_id: host.entity(random),
      name,
      executable: `${folder}/${name}`,
      args,
      args_count: args.length,
      command_line: args.join(' '),
      working_directory: random.pick(['/', '/root', '/srv/www', '/home/build/project', '/tmp']),
      interactive: random.chance(0.2),
      hash: { sha256: random.hex(64) },
      parent: { pid: 1 + random.below(60_000), entity_id: host.entity(random), name: parent, executable: `/usr/bin/${parent}`, command_line: `${parent} -c run` },
      entry_leader: { entity_id: host.leader, pid: 1, name: 'systemd' },
      group_leader: { entity_id: host.leader, pid: 1 },
    }
  }

  #event(host: Host, category: readonly string[], type: string, action: string, rest: object): object {
    const random = this.#random
    const time = new Date(this.#now).toISOString()
    const user = random.skewed(USERS)
    return {
      '@timestamp': `${time.slice(0, -1)}${String(random.below(1e6)).padStart(6, '0')}Z`,
      agent: { id: host.agent, type: 'endpoint', version: '8.17.4' },
      ecs: { version: '8.10.0' },
      data_stream: { namespace: 'default', type: 'logs', dataset: `endpoint.events.${category[0] ?? ''}` },
      host: host.fields,
      event: {
        id: `N${random.hex(15)}+${random.hex(6)}`,
        kind: 'event',
        module: 'endpoint',
        dataset: `endpoint.events.${category[0] ?? ''}`,
        category,
        type: [type],
        action,
        created: time,
        ingested: time,
        sequence: this.#sequence,
      },
      user: { id: user === 'root' ? '0' : String(1_000 + user.length), name: user },
      group: { id: '0', name: 'root' },
      message: `Endpoint ${category[0] ?? ''} event`,
      ...rest,
    }
  }
}

class Host {
  readonly agent: string
  readonly address: string
  readonly leader: string
  readonly fields: object
  readonly #entities: readonly string[]

  constructor(index: number, random: Random) {
    this.agent = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`
    this.address = `10.20.${index}.${10 + random.below(200)}`
    this.leader = Buffer.from(`${this.agent.slice(0, 18)}-1-17000000`).toString('base64')
    this.#entities = Array.from({ length: 400 }, (_, i) => Buffer.from(`${this.agent.slice(0, 18)}-${i}-17000000`).toString('base64'))
    this.fields = {
      id: random.hex(32),
      hostname: `web-${index}`,
      name: `web-${index}`,
      architecture: 'x86_64',
      ip: ['127.0.0.1', '::1', this.address],
      mac: [`02-${random.hex(2)}-${random.hex(2)}-aa-bb-cc`],
      os: { type: 'linux', family: 'debian', name: 'Linux', platform: 'debian', kernel: '6.1.0-18-cloud-amd64', full: 'Debian 12.5' },
    }
  }

  entity(random: Random): string {
    return random.pick(this.#entities)
  }
}

/** Writes so many events as NDJSON, once: a file that is there is taken as it is. */
export async function writeEvents(path: string, count: number, seed: number): Promise<void> {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  const generator = new EventGenerator(seed)
  const out = createWriteStream(`${path}.part`)
  let block = ''
  for (let i = 0; i < count; i++) {
    block += `${JSON.stringify(generator.next())}\n`
    if (block.length < 1 << 20 && i < count - 1) continue
    if (!out.write(block)) await once(out, 'drain')
    block = ''
  }
  out.end()
  await once(out, 'finish')
  renameSync(`${path}.part`, path)
}
