/**
 * lib/ecs/testing: small records in the shape Elastic Defend writes on Linux, for unit tests. Everything is derived from
 * the arguments, so the same call gives the same record, `event.id` included.
 */

/** A Linux host as its agent describes it. `id` and `agentId` follow from the name unless they are given. */
export interface TestHost {
  readonly name: string
  readonly id: string
  readonly agentId: string
  readonly ip: string
  readonly instanceId: string
}

/** 64 bits of FNV-1a as 16 hex digits: stable names for things, not for secrets. */
export function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}

/** `testHost()` is web-01; another name gives another host id, agent id and instance id. */
export function testHost(options: Partial<TestHost> = {}): TestHost {
  const name = options.name ?? 'web-01'
  const a = fingerprint(`host ${name}`)
  const b = fingerprint(`agent ${name}`)
  const c = fingerprint(b)
  return {
    name,
    id: a + fingerprint(a),
    agentId: `${b.slice(0, 8)}-${b.slice(8, 12)}-4${b.slice(13)}-8${c.slice(1, 4)}-${c.slice(4)}`,
    ip: '10.20.1.10',
    instanceId: `i-0${fingerprint(`instance ${name}`)}`,
    ...options,
  }
}

/**
 * An entity id as the agent makes it: base64 of agent, pid and start. Two executions of one pid at different times differ.
 *
 * @param start milliseconds since 1970.
 */
export function entityId(host: TestHost, pid: number, start: number): string {
  return btoa(`${host.agentId}-${pid}-${(start / 1000).toFixed(3)}`)
}

/** The host fields every record carries. */
export function hostFields(host: TestHost): Readonly<Record<string, unknown>> {
  return {
    agent: { id: host.agentId, type: 'endpoint', version: '8.17.4' },
    host: {
      id: host.id,
      name: host.name,
      hostname: host.name,
      ip: [host.ip, '127.0.0.1', '::1'],
      architecture: 'x86_64',
      os: { type: 'linux', family: 'ubuntu', platform: 'ubuntu', name: 'Ubuntu', version: '22.04.5' },
    },
    cloud: { provider: 'aws', region: 'eu-west-1', instance: { id: host.instanceId }, account: { id: '111122223333' } },
  }
}
