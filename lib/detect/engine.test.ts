import { describe, expect, test } from 'vitest'
import { ruleSchema } from '@/lib/rules/schema'
import { compileDetector } from './engine'

function problemOf(language: string, query: string): string | undefined {
  const document = ruleSchema.parse({ rule_id: 'r', name: 'R', description: '', type: language, language, query, severity: 'low', risk_score: 1 })
  return compileDetector([{ id: 1, versionId: 1, document }]).problems[0]?.message
}

describe('a rule that cannot run says why', () => {
  test.each([
    ['eql', 'process where true', /^runs$/],
    ['eql', 'process where', /./],
    ['eql', 'sample by host.id [process where true] [network where true]', /sequence/],
    ['secl', 'exec.file.name == "curl"', /^runs$/],
    ['secl', 'exec.file.name ==', /./],
    ['secl', 'bpf.cmd == BPF_PROG_LOAD', /bpf events.*no source/],
    ['kuery', 'process.name: curl', /eql or secl/],
  ])('%s: %s', (language, query, message) => {
    expect(problemOf(language, query) ?? 'runs').toMatch(message)
  })
})
