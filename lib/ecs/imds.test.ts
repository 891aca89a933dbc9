import { describe, expect, test } from 'vitest'
import { askedOf, imdsFacts, imdsObject } from './imds'
import type { ImdsFacts } from './imds'
import { readImdsPath } from './imds-path'
import { execEvent, networkEvent } from './testing'

const META = 'http://169.254.169.254/latest/meta-data'

/** provider, path class, role, version */
type Told = readonly [ImdsFacts['provider'], ImdsFacts['pathClass'], string | null, ImdsFacts['version']]

function told(commandLine: string, fields: Readonly<Record<string, unknown>> = {}): Told | null {
  const facts = imdsFacts(execEvent({ commandLine, fields: { 'cloud.provider': undefined, ...fields } }))
  return facts && [facts.provider, facts.pathClass, facts.role, facts.version]
}

describe('imdsFacts of a command line', () => {
  test.each<[string, Told | null]>([
    [`curl -s ${META}/iam/security-credentials/`, ['aws', 'credentials', null, 'v1']],
    [`curl -s ${META}/iam/security-credentials/web-prod-role`, ['aws', 'credentials', 'web-prod-role', 'v1']],
    [`curl -s ${META}/iam/security-credentials/role?x=1`, ['aws', 'credentials', 'role', 'v1']],
    [`curl -H "X-aws-ec2-metadata-token: $T" ${META}/iam/security-credentials/r`, ['aws', 'credentials', 'r', 'v2']],
    [`curl -H @header.txt ${META}/iam/security-credentials/r`, ['aws', 'credentials', 'r', null]],
    [`curl -K cfg ${META}/instance-id`, ['aws', 'other', null, null]],
    ['curl -X PUT -H X-aws-ec2-metadata-token-ttl-seconds:21600 http://169.254.169.254/latest/api/token', ['aws', 'token', null, 'v2']],
    [`sh -c "T=$(curl -X PUT http://169.254.169.254/latest/api/token); curl ${META}/iam/security-credentials/r"`, ['aws', 'credentials', 'r', 'v2']],
    ['wget -qO- http://169.254.169.254/latest/dynamic/instance-identity/document', ['aws', 'identity', null, 'v1']],
    [`curl ${META}/iam/info`, ['aws', 'identity', null, 'v1']],
    [`curl ${META}/iam/`, ['aws', 'identity', null, 'v1']],
    ['curl http://169.254.169.254/2009-04-04/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://instance-data/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://instance-data.ec2.internal/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl -g http://[fd00:ec2::254]/latest/meta-data/hostname', ['aws', 'other', null, 'v1']],
    ['curl http://169.254.170.2/v2/credentials/0f3a', ['aws_ecs', 'credentials', null, null]],
    ['curl http://169.254.170.23/v1/credentials', ['aws_eks', 'credentials', null, null]],
    ['curl -H Metadata-Flavor:Google http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token', ['gcp', 'credentials', 'default', null]],
    ['curl http://metadata/computeMetadata/v1/instance/service-accounts/a@b.iam/identity?audience=x', ['gcp', 'identity', 'a@b.iam', null]],
    ['curl http://169.254.169.254/computeMetadata/v1/instance/attributes/kube-env', ['gcp', 'user_data', null, null]],
    ['curl -H Metadata:true "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"', ['azure', 'credentials', null, null]],
    ['curl -H Metadata:true http://169.254.169.254/metadata/instance?api-version=2021-02-01', ['azure', 'other', null, null]],
    ['curl http://169.254.169.254/opc/v1/instance/', ['oracle', 'other', null, 'v1']],
    ['curl http://169.254.169.254/opc/v2/identity/key.pem', ['oracle', 'credentials', null, 'v2']],
    ['curl http://100.100.100.200/latest/meta-data/ram/security-credentials/ecs-role', ['alibaba', 'credentials', 'ecs-role', 'v1']],
    ['curl http://100.100.100.200/latest/user-data', ['alibaba', 'user_data', null, 'v1']],
    ['curl -H Metadata:true http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&client_id=4d1f&resource=https://vault.azure.net', ['azure', 'credentials', '4d1f', null]],
    ['curl http://169.254.169.254/metadata/identity/oauth2/token?msi_res_id=/subscriptions/s/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app-id', ['azure', 'credentials', 'app-id', null]],
    ['curl http://localhost:40342/metadata/identity/oauth2/token?api-version=2020-06-01', ['azure', 'credentials', null, null]],
    ['curl http://169.254.169.254/metadata/identity/info?api-version=2018-02-01', ['azure', 'identity', null, null]],
    ['curl http://metadata.google.internal/computeMetadata/v1/?recursive=true', ['gcp', 'user_data', null, null]],
    ['curl http://metadata.google.internal/computeMetadata/v1/instance/?recursive=false', ['gcp', 'other', null, null]],
    ['curl http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/email', ['gcp', 'identity', 'default', null]],
    ['curl http://169.254.170.2/v4/0f3a/task', ['aws_ecs', 'other', null, null]],
    ['curl http://169.254.170.2/v1/credentials?id=0f3a', ['aws_ecs', 'credentials', null, null]],
    ['curl http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/CVMas', ['tencent', 'credentials', 'CVMas', null]],
    ['curl http://169.254.169.254/openstack/latest/securitykey', ['huawei', 'credentials', null, null]],
    ['curl -X PUT http://169.254.169.254/instance_identity/v1/token?version=2022-03-01', ['ibm', 'token', null, null]],
    ['curl -X POST http://169.254.169.254/instance_identity/v1/iam_token', ['ibm', 'credentials', null, null]],
    ['curl http://169.254.169.254/metadata/v1/instance/initialization', ['ibm', 'user_data', null, null]],
    ['curl http://169.254.169.254/metadata/v1.json', ['digitalocean', 'user_data', null, null]],
    ['curl http://169.254.169.254/hetzner/v1/userdata', ['hetzner', 'user_data', null, null]],
    ['curl -g http://[fd00:c1::a9fe:a9fe]/opc/v2/identity/key.pem', ['oracle', 'credentials', null, 'v2']],
    ['curl -g http://[fe80::a9fe:a9fe%25eth0]/openstack/latest/user_data', ['openstack', 'user_data', null, null]],
    ['curl http://169.254.169.254/metadata/v1/user-data', ['digitalocean', 'user_data', null, null]],
    ['curl http://169.254.169.254/openstack/latest/user_data', ['openstack', 'user_data', null, null]],
    ['curl http://2852039166/latest/meta-data/iam/security-credentials/x', ['aws', 'credentials', 'x', 'v1']],
    ['curl http://0xA9FEA9FE/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://0251.0376.0251.0376/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://169.254.43518/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://[::ffff:169.254.169.254]/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://user:pw@169.254.169.254:80/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl 169.254.169.254//latest//user-data', ['aws', 'user_data', null, 'v1']],
    ['curl 169.254.169.254/latest/meta-data/x/../iam/./security-credentials/r', ['aws', 'credentials', 'r', 'v1']],
    ['curl http://169.254.169.254/%6catest/meta%2Ddata/iam%2fsecurity-credentials/r', ['aws', 'credentials', 'r', 'v1']],
    ['curl http://169.254.169.254/LATEST/Meta-Data/IAM/Security-Credentials/r', ['aws', 'credentials', 'r', 'v1']],
    ['curl HTTP://169.254.169.254:80/latest/user-data#x', ['aws', 'user_data', null, 'v1']],
    ['curl http://169.254.169.254./latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://169%2e254.169.254/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://169.254.169.254.nip.io/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://x-169-254-169-254.sslip.io/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://a9fea9fe.nip.io/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl http://10-0-0-1.nip.io/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl -g http://[0:0:0:0:0:FFFF:A9FE:A9FE]/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['curl -g http://[fd00:ec2:0::254]:80/latest/user-data', ['aws', 'user_data', null, 'v1']],
    ['ssh -L 80:169.254.169.254:80 bastion', [null, null, null, null]],
    ['curl $H/latest/meta-data/iam/security-credentials/r', ['aws', 'credentials', 'r', 'v1']],
    ['curl http://169.254.169.254/', [null, null, null, null]],
    ['curl http://169.254.169.254/something', [null, 'other', null, null]],
    ['nc 169.254.169.254 80', [null, null, null, null]],
    ['ping 169.254.169.2540', null],
    ['ping 10.169.254.169.254', null],
    ['cat metadata instance-data', null],
    ['ls /srv/latest/files', null],
    ['curl https://example.org/v1/credentials', null],
    ['', null],
  ])('%s', (line, expected) => {
    expect(told(line)).toEqual(expected)
  })

  test('the cloud the agent names decides where the address does not', () => {
    expect(told('curl http://169.254.169.254/', { 'cloud.provider': 'azure' })).toEqual(['azure', null, null, null])
  })

  test('arguments stand in for a missing command line', () => {
    expect(told('', { 'process.command_line': undefined, 'process.args': ['curl', `${META}/iam/security-credentials/r`] })).toEqual(['aws', 'credentials', 'r', 'v1'])
  })
})

describe('imdsFacts of a connection', () => {
  test.each<[string, string | null]>([
    ['169.254.169.254', 'aws'],
    ['fd00:ec2::254', 'aws'],
    ['169.254.170.2', 'aws_ecs'],
    ['100.100.100.200', 'alibaba'],
    ['169.254.169.123', null],
    ['10.0.0.1', null],
  ])('to %s', (destinationIp, provider) => {
    const facts = imdsFacts(networkEvent({ destinationIp, commandLine: 'python3 x.py' }))
    expect(facts?.provider ?? null).toBe(provider)
    expect(facts?.host ?? null).toBe(provider === null ? null : destinationIp)
    expect(facts?.version ?? null).toBeNull()
  })

  test('a URL says the path', () => {
    const fields = { 'url.domain': '169.254.169.254', 'url.path': '/latest/meta-data/iam/security-credentials/r' }
    expect(imdsFacts(networkEvent({ commandLine: 'java', fields }))).toMatchObject({ pathClass: 'credentials', role: 'r' })
    expect(imdsFacts(execEvent({ commandLine: 'java', fields: { 'url.full': 'http://169.254.169.254/latest/user-data' } }))).toMatchObject({ pathClass: 'user_data' })
  })
})

describe('askedOf the records of an alert', () => {
  const role = (name: string) => `${META}/iam/security-credentials/${name}`
  const exec = (commandLine: string, entityId = 'p') => execEvent({ commandLine, entityId, fields: { 'cloud.provider': undefined } })
  const connection = (entityId = 'p', fields = {}) => networkEvent({ entityId, commandLine: 'x', fields: { 'cloud.provider': undefined, ...fields } })

  test('one process: the path of one record, the host of the other', () => {
    expect(askedOf([exec('curl $H/latest/user-data'), connection()])).toEqual({ provider: 'aws', host: '169.254.169.254', path: '/latest/user-data', pathClass: 'user_data', role: null, version: 'v1' })
  })

  test('one process: the host decides whose service it is', () => {
    const alibaba = networkEvent({ entityId: 'p', destinationIp: '100.100.100.200', commandLine: 'x' })
    expect(askedOf([exec('curl $H/latest/user-data'), alibaba])).toMatchObject({ provider: 'alibaba', host: '100.100.100.200' })
  })

  test('one process that became another program: its most telling request, whichever came first', () => {
    const records = [exec(`curl ${META}/instance-id`), exec(`curl ${role('r')}`), connection()]
    expect(askedOf(records)).toMatchObject({ pathClass: 'credentials', role: 'r' })
    expect(askedOf(records.toReversed())).toMatchObject({ pathClass: 'credentials', role: 'r' })
  })

  test('two processes are never mixed', () => {
    expect(askedOf([exec(`curl $H/latest/meta-data/iam/security-credentials/r`, 'a'), networkEvent({ entityId: 'b', destinationIp: '100.100.100.200', commandLine: 'x' })])).toMatchObject({
      provider: 'aws',
      host: null,
      role: 'r',
    })
  })

  test.each([
    ['credentials of a neighbour before a connection that says nothing', [exec(`curl ${role('r')}`, 'a'), connection('b')], 'credentials'],
    ['a connection that says nothing before harmless facts of a neighbour', [exec(`curl ${META}/instance-id`, 'a'), connection('b')], null],
    ['harmless facts, where all say so', [exec(`curl ${META}/instance-id`, 'a'), exec(`curl ${META}/mac`, 'b')], 'other'],
    ['nothing of records that are about something else', [exec('ls'), execEvent({ commandLine: 'id' })], undefined],
  ])('%s', (_name, records, pathClass) => {
    expect(askedOf(records)?.pathClass).toBe(pathClass)
  })

  test('records without a process id stand for themselves', () => {
    const nameless = { 'process.entity_id': undefined }
    expect(askedOf([execEvent({ commandLine: 'curl $H/latest/user-data', fields: nameless }), networkEvent({ commandLine: 'x', fields: nameless })])).toMatchObject({ host: null, pathClass: 'user_data' })
  })

  test('no records', () => {
    expect(askedOf([])).toBeNull()
  })
})

describe('what a sender chose', () => {
  test('has an end', () => {
    const facts = imdsFacts(execEvent({ commandLine: `curl ${META}/iam/security-credentials/${'r'.repeat(1000)}` }))
    expect(facts?.role).toBe(`${'r'.repeat(256)}…`)
  })

  test('half a character becomes what the database makes of it', () => {
    const fields = { 'url.domain': '169.254.169.254', 'url.path': '/latest/meta-data/iam/security-credentials/a\ud800b' }
    expect(imdsFacts(networkEvent({ fields }))?.role).toBe('a\ufffdb')
  })

  test('of a program that makes the request itself the version is not known, of a command line it is', () => {
    const fields = { 'url.full': `${META}/iam/security-credentials/r` }
    expect(imdsFacts(networkEvent({ commandLine: 'java', fields }))?.version).toBeNull()
    expect(imdsFacts(networkEvent({ commandLine: `curl ${META}/iam/security-credentials/r`, fields }))?.version).toBe('v1')
  })
})

test.each([
  [{ pathClass: 'credentials', role: 'r' }, 'the credentials of r'],
  [{ pathClass: 'credentials', role: null }, 'credentials'],
  [{ pathClass: 'user_data', role: null }, 'the user data'],
  [{ pathClass: 'token', role: null }, null],
  [{ pathClass: 'identity', role: 'x' }, null],
  [{ pathClass: 'other', role: null }, null],
  [{ pathClass: null, role: null }, null],
] as const)('imdsObject of %j', (facts, object) => {
  expect(imdsObject(facts)).toBe(object)
})

test('readImdsPath knows nothing of other paths', () => {
  expect(readImdsPath('/index.html')).toBeNull()
})
