/**
 * How the records of a process are found. The ids of processes are random: in one index over all events, every batch of some
 * thousand events would touch every page of it, and storing would grow slower with what is stored (docs/benchmarks.md). So the
 * index begins with a generation, events by their number, and a look-up asks each generation in turn: one step of a B-tree for
 * each 65,536 events there are.
 */

export type ProcessColumn = 'entity' | 'parent'

/** As the indexes of the migration have it. */
const GENERATION = 'id >> 16'

/** SQL from FROM on: events, named `e`, whose process (or whose parent) is one of so many bound `entityKey`s. */
export function fromEventsOf(column: ProcessColumn, keys: number): string {
  return `FROM (WITH RECURSIVE g(n) AS (
    SELECT (SELECT min(id) FROM event) >> 16 UNION ALL SELECT n + 1 FROM g WHERE n < (SELECT max(id) FROM event) >> 16
  ) SELECT n FROM g) generation CROSS JOIN event e ON (e.${GENERATION}) = generation.n AND e.${column} IN (${Array.from({ length: keys }, () => '?').join(', ')})`
}
