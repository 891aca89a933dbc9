import type { Database } from './open'

/** What the detector keeps compiled and must load again when another connection changed it. */
export type RevisionName = 'rules' | 'exceptions'

export function readRevision(db: Database, name: RevisionName): number {
  return db.prepare<[string], number>('SELECT value FROM revision WHERE name = ?').pluck().get(name) ?? 0
}

/** Call it in the transaction that makes the change. */
export function bumpRevision(db: Database, name: RevisionName): void {
  db.prepare('INSERT INTO revision (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1').run(name)
}
