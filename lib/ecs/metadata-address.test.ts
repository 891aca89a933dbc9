import { describe, expect, test } from 'vitest'
import { canonicalHost, metadataHost, metadataService } from './metadata-address'

describe('canonicalHost', () => {
  test.each([
    ['2852039166', '169.254.169.254'],
    ['0xA9FEA9FE', '169.254.169.254'],
    ['0x00000000a9fea9fe', '169.254.169.254'],
    ['025177524776', '169.254.169.254'],
    ['0251.0376.0251.0376', '169.254.169.254'],
    ['0000000251.254.0xa9.254', '169.254.169.254'],
    ['169.254.43518', '169.254.169.254'],
    ['169.16689662', '169.254.169.254'],
    ['::ffff:169.254.169.254', '169.254.169.254'],
    ['[::FFFF:a9fe:a9fe]', '169.254.169.254'],
    ['169.254.169.254.', '169.254.169.254'],
    ['169%2E254.169.254', '169.254.169.254'],
    ['fd00:0ec2:0:0:0:0:0:0254', 'fd00:ec2::254'],
    ['[fe80::a9fe:a9fe%25eth0]', 'fe80::a9fe:a9fe'],
    ['fe80::a9fe:a9fe%eth0', 'fe80::a9fe:a9fe'],
    ['169-254-169-254.nip.io', '169.254.169.254'],
    ['www.169.254.169.254.sslip.io', '169.254.169.254'],
    ['a9fea9fe.nip.io.', '169.254.169.254'],
    ['Metadata.Google.Internal.', 'metadata.google.internal'],
    ['169.254.169.256', '169.254.169.256'],
    ['1.2.3.4.5', '1.2.3.4.5'],
    ['169.254.169.254.example.org', '169.254.169.254.example.org'],
    ['%', '%'],
    ['', ''],
  ])('%s is %s', (host, spelling) => {
    expect(canonicalHost(host)).toBe(spelling)
  })
})

test.each([
  ['169.254.169.254', null],
  ['0xa9fea9fe', null],
  ['fd00:ec2::254', 'aws'],
  ['169.254.170.2', 'aws_ecs'],
  ['fd00:ec2::23', 'aws_eks'],
  ['metadata', 'gcp'],
  ['100.100.100.200', 'alibaba'],
  ['169.254.42.42', 'scaleway'],
])('%s belongs to %s', (host, provider) => {
  expect(metadataHost(host)?.provider).toBe(provider)
})

test.each(['169.254.169.253', '169.254.169.123', '10.0.0.1', 'example.org', 'fd00:ec2::253'])('%s serves no metadata', (host) => {
  expect(metadataHost(host)).toBeNull()
})

describe('metadataService', () => {
  test.each([
    ['169.254.169.254', 'instance metadata service'],
    ['::ffff:169.254.170.2', 'task credentials (AWS ECS)'],
    ['metadata.google.internal', 'instance metadata service (Google Cloud)'],
    // Ordinary words, which some process may look up.
    ['metadata', null],
    ['instance-data', null],
  ])('%s: %s', (peer, service) => {
    expect(metadataService(peer)).toBe(service)
  })
})
