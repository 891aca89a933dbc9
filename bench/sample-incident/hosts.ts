import { fingerprint, testHost, type TestHost } from '@/lib/ecs/testing'
import type { User } from './machine'

export interface HostProfile extends TestHost {
  readonly linkLocal: string
  readonly mac: string
  readonly bootId: string
  /** Eight characters that begin every event id of this agent. */
  readonly eventPrefix: string
}

function profile(name: string, ip: string): HostProfile {
  const seed = fingerprint(`profile ${name}`)
  const [a, b, c] = [seed.slice(0, 2), seed.slice(2, 4), seed.slice(4, 6)]
  return {
    ...testHost({ name, ip }),
    linkLocal: `fe80::4${a.slice(1)}:${b}ff:fe${c}:${seed.slice(6, 10)}`,
    mac: `06-${a}-${b}-${c}-${seed.slice(6, 8)}-${seed.slice(8, 10)}`.toUpperCase(),
    bootId: `${seed.slice(0, 8)}-${seed.slice(8, 12)}-4${seed.slice(13)}-9${seed.slice(1, 4)}-${fingerprint(seed).slice(0, 12)}`,
    eventPrefix: Buffer.from(seed).toString('base64').slice(0, 8),
  }
}

export const WEB_01 = profile('web-01', '10.20.1.10')
export const APP_02 = profile('app-02', '10.20.2.12')
export const BASTION_01 = profile('bastion-01', '10.20.0.5')

/** Addresses of documentation ranges and of the invented private network. */
export const IMDS = { ip: '169.254.169.254', port: 80 }
export const INTRUDER = '203.0.113.66'
export const OFFICE = '192.0.2.40'
export const VISITORS = ['198.51.100.17', '198.51.100.93', '198.51.100.140', '198.51.100.201']
export const CI_RUNNER = '10.20.3.7'
export const PACKAGE_PROXY = { ip: '10.20.9.20', port: 3142 }
export const STS = { ip: '10.20.9.31', port: 443 }
export const S3 = { ip: '10.20.9.40', port: 443 }
export const EC2 = { ip: '10.20.9.50', port: 443 }
export const QUEUE = { ip: '10.20.9.60', port: 443 }

export const WWW_DATA: User = { name: 'www-data', id: '33' }
export const SYSLOG: User = { name: 'syslog', id: '104' }
export const CONNECT_USER: User = { name: 'ec2-instance-connect', id: '113' }
export const APP_USER: User = { name: 'app', id: '998' }
export const AMARA: User = { name: 'amara', id: '1001' }
export const DEPLOY: User = { name: 'deploy', id: '1003' }
export const SSHD: User = { name: 'sshd', id: '110' }
export const CHRONY: User = { name: '_chrony', id: '112' }
