import { app02 } from './app-02'
import { bastion01 } from './bastion-01'
import { APP_02, BASTION_01, WEB_01, type HostProfile } from './hosts'
import type { Machine } from './machine'
import { Random } from './random'
import { toRecord } from './record'
import { web01 } from './web-01'

const SEED = 0x2026_1103

interface Shipped {
  readonly arrives: number
  readonly line: string
}

/** Agents send in batches, each with its own delay, so the file is only roughly in the order of its events. */
function ship(machine: Machine, host: HostProfile, random: Random): Shipped[] {
  let sequence = random.between(20_000, 90_000)
  return machine.settle().map((occurrence) => {
    sequence += random.between(1, 4)
    const delay = 1200 + random.between(0, 3400)
    return { arrives: occurrence.at + delay, line: JSON.stringify(toRecord(occurrence, host, sequence, delay)) }
  })
}

/** The whole incident as NDJSON lines. No clock, no other randomness than the seed: always the same bytes. */
export function incidentLines(): readonly string[] {
  const random = new Random(SEED)
  return [
    ...ship(web01(random), WEB_01, random),
    ...ship(app02(random), APP_02, random),
    ...ship(bastion01(random), BASTION_01, random),
  ]
    .toSorted((a, b) => a.arrives - b.arrives)
    .map(({ line }) => line)
}
