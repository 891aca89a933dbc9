import { describe, expect, test } from 'vitest'
import { readSamples, runSample } from './rule-samples'

describe.each(readSamples('rules'))('$rule.name', ({ rule, samples }) => {
  test('has positive and negative samples', () => {
    expect(samples.some((sample) => sample.alerts > 0)).toBe(true)
    expect(samples.some((sample) => sample.alerts === 0)).toBe(true)
  })

  test.each(samples)('$name: $alerts', async (sample) => {
    expect(await runSample(process.cwd(), { rule }, sample)).toMatchObject({ raised: sample.alerts, ok: true })
  })
})
