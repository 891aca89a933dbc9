import path from 'node:path'
import { LOCAL_ANALYST, type Context } from '@/lib/auth/context'
import { openStore } from '@/lib/db/store'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { listRules } from '@/lib/rules/queries'
import { syncBundledRules } from '@/lib/rules/sync-bundled'

/** Runs a command on the rules of the data directory. The bundled ones are there also before anything was ingested. */
export async function withRules(run: (context: Context) => Promise<void>): Promise<void> {
  const { dataDir, root } = readEnv()
  const store = openStore(dataDir, root)
  try {
    const clock = (): Date => new Date()
    if (!store.readOnly) syncBundledRules(store.writer, path.join(root, 'rules'), clock())
    await run({ actor: LOCAL_ANALYST, db: store.client, events: store.events, clock })
  } finally {
    await store.close()
  }
}

/** The whole id of the rule that somebody means by an id or its beginning. Throws `not_found`, or `invalid` for several. */
export async function ruleIdOf(context: Context, name: string): Promise<string> {
  const ids = (await listRules(context)).map((rule) => rule.ruleId)
  if (ids.includes(name)) return name
  const [first, second] = ids.filter((id) => name !== '' && id.startsWith(name))
  if (first === undefined) throw new AppError('not_found', `There is no rule with the id ${name}; linklocal rules list names them.`)
  if (second !== undefined) throw new AppError('invalid', `Several rule ids begin with ${name}: ${first}, ${second} and perhaps more. Give more of it.`)
  return first
}
