import { ALL_LACKS, lacksOfFields } from '@/lib/ecs/enrich'
import type { DetectorRule } from './engine'

/**
 * Which of the things that events leave out rules read, by event category: an event need not be tested again for what no rule
 * looks at. Elastic Defend's network records name their parent's id and not its program, and few rules ask for that.
 */
export class Dependence {
  readonly #byCategory = new Map<string, number>()
  #anyCategory = 0

  constructor(rules: Iterable<DetectorRule>) {
    for (const { document, program } of rules) {
      if (program.language === 'secl') {
        // An expression reads through a view of its own; those of exec read process records.
        this.#add(program.expression.eventType === 'exec' ? 'process' : null, ALL_LACKS)
        continue
      }
      const { stages, until } = program.query
      for (const stage of until ? [...stages, until] : stages) {
        const category = document.event_category_override === undefined ? stage.category : null
        this.#add(category, lacksOfFields(stage.fields))
      }
    }
  }

  /** Whether a rule may read something of what events of these categories lack. */
  reads(categories: readonly string[], lacks: number): boolean {
    return categories.some((category) => ((this.#byCategory.get(category) ?? 0) & lacks) !== 0) || (this.#anyCategory & lacks) !== 0
  }

  #add(category: string | null, lacks: number): void {
    if (category === null) this.#anyCategory |= lacks
    else this.#byCategory.set(category, (this.#byCategory.get(category) ?? 0) | lacks)
  }
}
