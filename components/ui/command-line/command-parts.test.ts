import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandParts } from '@/components/ui/command-line/command-parts'
import { maskSecrets } from '@/lib/text/secrets'

function kinds(text: string): string[] {
  return commandParts(text)
    .filter((part) => part.kind !== 'plain')
    .map((part) => `${part.kind} ${part.text}`)
}

describe('commandParts', () => {
  it.each([
    ['curl http://169.254.169.254/latest/meta-data/', ['imds 169.254.169.254', 'path /latest/meta-data/']],
    ['curl http://169.254.169.254:80', ['imds 169.254.169.254:80']],
    ['wget http://169.254.170.2/v2/credentials/abc', ['imds 169.254.170.2', 'path /v2/credentials/abc']],
    ['x 169.254.170.23/v1', ['imds 169.254.170.23', 'path /v1']],
    ['curl "http://[fd00:ec2::254]/latest/user-data"', ['imds [fd00:ec2::254]', 'path /latest/user-data']],
    ['curl http://metadata.google.internal/computeMetadata/v1/', ['imds metadata.google.internal', 'path /computeMetadata/v1/']],
    ['curl http://2852039166/latest/api/token', ['imds 2852039166', 'path /latest/api/token']],
    ['curl http://0xA9FEA9FE/', ['imds 0xA9FEA9FE', 'path /']],
    ['curl $H/latest/meta-data/iam;id', ['path /latest/meta-data/iam']],
    ['ping 169.254.169.2540', []],
    ['ping 1169.254.169.254', []],
    ['ping 10.169.254.169.254', []],
    ['X-aws-ec2-metadata-token-ttl-seconds: 21600', []],
    ['-H X-aws-ec2-metadata-token:$TOKEN', []],
    ['-H "X-aws-ec2-metadata-token: AQAEAHx1zz==" -s', ['secret AQAEAHx1zz==']],
    ['AWS_SECRET_ACCESS_KEY=abcdEFGH1234 aws s3 ls', ['secret abcdEFGH1234']],
    ['mysql --password=hunter22', ['secret hunter22']],
    ['curl -H "Authorization: Bearer abc.def"', ['secret abc.def']],
  ])('reads %s', (text, expected) => {
    expect(kinds(text)).toEqual(expected)
  })

  it('loses nothing', () => {
    const word = fc.constantFrom('curl ', '169.254.169.254', '/latest/meta-data', ':80', ' -H ', 'X-aws-ec2-metadata-token: ', 'AQAEAA', '"', '\n', '[fd00:ec2::254]')
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join('')
        expect(
          commandParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})

describe('maskSecrets', () => {
  it('leaves everything but the value', () => {
    expect(maskSecrets('curl -H "X-aws-ec2-metadata-token: AQAEAHx1zz==" http://169.254.169.254/')).toBe(
      'curl -H "X-aws-ec2-metadata-token: ••••••••" http://169.254.169.254/',
    )
  })
})
