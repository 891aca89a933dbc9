import type { JsonOption } from '@/cli/rules'
import { setRuleEnabled } from '@/lib/rules/set-enabled'
import { ruleIdOf, withRules } from './open-rules'

/** `linklocal rules enable` and `disable`. All names are looked up before the first is switched. */
export async function switchCommand(names: readonly string[], enabled: boolean, options: JsonOption): Promise<void> {
  await withRules(async (context) => {
    const ids: string[] = []
    for (const name of names) ids.push(await ruleIdOf(context, name))
    for (const ruleId of ids) {
      const { changed } = await setRuleEnabled(context, { ruleId, enabled })
      const state = `${enabled ? 'enabled' : 'disabled'}${changed ? '' : ' already'}`
      process.stdout.write(options.json ? `${JSON.stringify({ rule_id: ruleId, enabled, changed })}\n` : `${ruleId} ${state}\n`)
    }
  })
}
