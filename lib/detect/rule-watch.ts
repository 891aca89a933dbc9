import type { Database } from '@/lib/db/open'
import { readRevision } from '@/lib/db/revision'
import { loadEnabledRules } from '@/lib/rules/load-enabled'
import { compileDetector } from './engine'
import type { Detector } from './engine'

/** The enabled rules compiled, and compiled again when another connection changed them. */
export class RuleWatch {
  readonly #db: Database
  #detector: Detector | null = null
  #revision = -1

  constructor(db: Database) {
    this.#db = db
  }

  current(): { readonly detector: Detector; readonly revision: number } {
    const revision = readRevision(this.#db, 'rules')
    if (this.#detector === null || revision !== this.#revision) {
      this.#detector = compileDetector(loadEnabledRules(this.#db))
      this.#revision = revision
    }
    return { detector: this.#detector, revision: this.#revision }
  }
}
