import { clock } from './clock'
import { AMARA, APP_02, BASTION_01, CONNECT_USER, DEPLOY, IMDS, OFFICE, S3, STS, WEB_01 } from './hosts'
import { Machine, type Life } from './machine'
import type { Random } from './random'
import { login, logout, services, sh, ssmRefresh, type } from './routines'

const PTS_0 = { major: 136, minor: 0 }
const TOKEN = 'AQAEAExampleTokenThatOpensNothingAtAll0000000000000000=='
const METADATA = 'http://169.254.169.254/latest'

/** PAM runs the message of the day; its scripts lie under a directory the rule watches, and ask nobody. */
function greet(m: Machine): (connection: Life, at: number) => void {
  return (connection, at) => {
    const shell = sh(m, connection, at, '/usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin run-parts --lsbsysinit /etc/update-motd.d > /run/motd.dynamic.new')
    const parts = m.exec(shell, at + 3, { path: '/usr/bin/run-parts', args: ['run-parts', '--lsbsysinit', '/etc/update-motd.d'] })
    const header = m.spawn(parts, at + 6, { path: '/etc/update-motd.d/00-header', args: ['/bin/sh', '/etc/update-motd.d/00-header'] })
    m.run(header, at + 9, { path: '/usr/bin/uname', args: ['uname', '-o'] })
    m.end(header, at + 15)
    m.run(parts, at + 18, { path: '/etc/update-motd.d/90-updates-available', args: ['/bin/sh', '/etc/update-motd.d/90-updates-available'] }, 12)
    m.end(shell, at + 33)
  }
}

/** EC2 Instance Connect fetches the caller's key from the metadata service: an exclusion of the rule by its parent's path. */
function instanceConnect(m: Machine): (connection: Life, at: number) => void {
  const folder = '/usr/share/ec2-instance-connect'
  return (connection, at) => {
    const command = m.spawn(connection, at, { path: `${folder}/eic_run_authorized_keys`, args: ['/bin/sh', `${folder}/eic_run_authorized_keys`, 'amara'], user: CONNECT_USER, leads: 'session' })
    const fetch = m.spawn(command, at + 5, { path: `${folder}/eic_curl_authorized_keys`, args: ['/bin/sh', `${folder}/eic_curl_authorized_keys`, 'amara'] })
    const token = m.spawn(fetch, at + 9, { path: '/usr/bin/curl', args: ['curl', '-s', '-f', '-m', '1', '-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 5', `${METADATA}/api/token`] })
    m.connect(token, at + 42, IMDS, { lasts: 6, sent: 168, received: 246 })
    m.end(token, at + 55)
    const keys = m.spawn(fetch, at + 60, { path: '/usr/bin/curl', args: ['curl', '-s', '-f', '-m', '1', '-H', `X-aws-ec2-metadata-token: ${TOKEN}`, `${METADATA}/meta-data/managed-ssh-keys/active-keys/amara/`] })
    m.connect(keys, at + 91, IMDS, { lasts: 7, sent: 241, received: 981 })
    m.end(keys, at + 104)
    m.run(fetch, at + 110, { path: '/usr/bin/openssl', args: ['openssl', 'x509', '-noout', '-subject'] }, 9)
    m.end(fetch, at + 131)
    m.end(command, at + 136)
  }
}

/** The administrator's ordinary morning. */
function administrator(m: Machine, sshd: Life): void {
  const session = login(m, sshd, { at: '09:33:08', from: { ip: OFFICE, port: 50_114 }, user: AMARA, home: '/home/amara', tty: PTS_0, authorise: instanceConnect(m) })
  type(m, session.shell, '09:33:41', ['uptime'])
  type(m, session.shell, '09:34:02', ['journalctl', '-u', 'ssh', '-n', '50', '--no-pager'], { lasts: 71 })
  type(m, session.shell, '09:36:30', ['df', '-h'])
  type(m, session.shell, '09:38:11', ['tail', '-n', '40', '/var/log/auth.log'])
  logout(m, session, clock('09:41:19'))
}

/** Nessus checks the cloud it is in, from a directory the rule excludes. */
function scanner(m: Machine, nessus: Life): void {
  const t = clock('09:50:20')
  const cwd = '/opt/nessus_agent/var/nessus'
  const plugin = m.spawn(nessus, t, { path: '/opt/nessus_agent/sbin/nessus-agent-module', args: ['nessus-agent-module', '--scan'], cwd })
  const curl = sh(m, plugin, t + 840, `curl -s -m 2 ${METADATA}/dynamic/instance-identity/document`)
  m.exec(curl, t + 843, { path: '/usr/bin/curl', args: ['curl', '-s', '-m', '2', `${METADATA}/dynamic/instance-identity/document`] })
  m.connect(curl, t + 881, IMDS, { lasts: 8, sent: 132, received: 702 })
  m.end(curl, t + 902)
  m.run(plugin, t + 1410, { path: '/usr/bin/dpkg-query', args: ['dpkg-query', '-W'], cwd }, 320)
  m.end(plugin, t + 64_200)
}

/** The weekly hardening check names the address in its arguments and connects to nothing: first half of the rule only. */
function audit(m: Machine): void {
  const t = clock('09:55:00')
  const script = m.spawn(m.init, t, { path: '/usr/local/sbin/cis-audit.sh', args: ['/bin/bash', '/usr/local/sbin/cis-audit.sh'], leads: 'session', entry: { type: 'init' } })
  m.run(script, t + 31, { path: '/usr/sbin/iptables', args: ['iptables', '-C', 'OUTPUT', '-d', '169.254.169.254', '-j', 'DROP'] }, 9, 1)
  m.run(script, t + 60, { path: '/usr/bin/awk', args: ['awk', '-F:', '$3 == 0 { print $1 }', '/etc/passwd'] })
  m.run(script, t + 81, { path: '/usr/sbin/sysctl', args: ['sysctl', '-n', 'net.ipv4.ip_forward'] })
  m.end(script, t + 104)
}

/** The intruder's terminal, under a name that deploys releases and never had a shell here. */
function intruder(m: Machine, sshd: Life): void {
  const session = login(m, sshd, { at: '10:26:41.233', from: { ip: WEB_01.ip, port: 44_518 }, user: DEPLOY, home: '/home/deploy', tty: PTS_0, greet: greet(m) })
  const { shell } = session
  type(m, shell, '10:27:02.310', ['id'])
  type(m, shell, '10:27:15.905', ['w'])
  const sudo = m.spawn(shell, clock('10:27:40.118'), { path: '/usr/bin/sudo', args: ['sudo', '-l'], user: { name: 'root', id: '0' }, leads: 'group' })
  m.end(sudo, clock('10:27:44.870'), 1)

  // A name in place of the address: the look-up takes most of a second, and the connection comes 1.001 s after the exec.
  const name = 'instance-data.ec2.internal'
  const slow = clock('10:28:31.250')
  const userData = m.fork(shell, slow, { leads: 'group' })
  m.exec(userData, slow + 1.25, { path: '/usr/bin/curl', args: ['curl', '-s', `http://${name}/latest/user-data`], leads: 'group' })
  m.lookup(userData, slow + 14, name, { after: 981, ip: IMDS.ip })
  m.connect(userData, slow + 1002.25, IMDS, { lasts: 6, sent: 118, received: 381 })
  m.end(userData, slow + 1019, 22)

  const ask = (time: string, args: readonly string[], after: number, received: number) => {
    const t = clock(time)
    const curl = m.spawn(shell, t, { path: '/usr/bin/curl', args: ['curl', '-s', ...args], leads: 'group' })
    m.connect(curl, t + 1 + after, IMDS, { lasts: 7, sent: 190 + args.length * 12, received })
    m.end(curl, t + after + 18)
  }
  const header = `X-aws-ec2-metadata-token: ${TOKEN}`
  ask('10:29:10.402', ['-X', 'PUT', `${METADATA}/api/token`, '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 21600'], 29, 246)
  ask('10:29:24.771', ['-H', header, `${METADATA}/meta-data/iam/security-credentials/`], 33, 214)
  ask('10:29:51.036', ['-H', header, `${METADATA}/meta-data/iam/security-credentials/bastion-admin-role`], 410, 1702)

  const aws = '/usr/local/aws-cli/v2/2.17.9/dist/aws'
  for (const [time, args, to] of [
    ['10:31:05.100', ['aws', 'sts', 'get-caller-identity'], STS],
    ['10:31:48.320', ['aws', 's3', 'ls'], S3],
    ['10:34:12.690', ['aws', 's3', 'ls', 's3://corp-release-artifacts', '--recursive'], S3],
  ] as const) {
    const cli = type(m, shell, time, args, { path: aws, lasts: 1480 })
    m.connect(cli, clock(time) + 742, to, { lasts: 420, sent: 2188, received: 3040 })
  }

  const hop = clock('10:36:20.015')
  const ssh = m.spawn(shell, hop, { path: '/usr/bin/ssh', args: ['ssh', 'deploy@app-02'], leads: 'group' })
  m.connect(ssh, hop + 22, { ip: APP_02.ip, port: 22 }, { lasts: 676_200, sent: 18_404, received: 40_118 })
  m.end(ssh, clock('10:47:36.240'), 0)
  type(m, shell, '10:49:05.730', ['shred', '-u', '/home/deploy/.bash_history'], { lasts: 44 })
  logout(m, session, clock('10:49:31.884'))
}

/** bastion-01: the way in for people. */
export function bastion01(random: Random): Machine {
  const booted = clock('22:40:09.771') - 32 * 86_400_000
  const m = new Machine(BASTION_01, random, 203_118, booted)
  const { sshd, worker } = services(m, { sshd: 840, cron: 688, ssm: 720 }, booted + 15_000)
  const service = m.before(1188, booted + 21_000, { path: '/opt/nessus_agent/sbin/nessus-service', args: ['/opt/nessus_agent/sbin/nessus-service', '-q'] })
  const nessus = m.before(1190, booted + 21_900, { path: '/opt/nessus_agent/sbin/nessusd', args: ['nessusd', '-q'], cwd: '/opt/nessus_agent/var/nessus' }, service)
  ssmRefresh(m, worker, ['09:44:51', '10:14:52', '10:44:52'])
  administrator(m, sshd)
  scanner(m, nessus)
  audit(m)
  intruder(m, sshd)
  return m
}
