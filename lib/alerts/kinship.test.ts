import { expect, test } from 'vitest'
import { kinshipOf } from './kinship'

const shell = { stage: -1, process: 'bash', parent: 'sshd' }
const curl = { stage: 0, process: 'curl', parent: 'bash' }
const network = { stage: 0, process: 'curl', parent: 'bash' }

test.each([
  ['one process', [curl, { ...network, stage: 1 }], 'same_process'],
  ['two in a pipe', [curl, { stage: 1, process: 'jq', parent: 'bash' }], 'siblings'],
  ['no ids', [{ stage: 0, process: null, parent: null }, network], 'unknown'],
  ['nothing', [], 'unknown'],
  ['a shell that stands before what the alert is about', [{ ...shell, stage: 1 }, curl], 'same_process'],
] as const)('%s', (_what, records, kinship) => {
  expect(kinshipOf(records)).toBe(kinship)
})
