import { clock } from './clock'
import { APP_02, APP_USER, BASTION_01, CHRONY, CI_RUNNER, DEPLOY, EC2, IMDS, QUEUE, S3, SYSLOG, WEB_01 } from './hosts'
import { Machine, type Life } from './machine'
import type { Random } from './random'
import { login, logout, services, ssmRefresh, type } from './routines'

const PTS_0 = { major: 136, minor: 0 }

/** A fresh worker: cloud-init's last stage runs the instance's own script, which asks who it is. */
function firstBoot(m: Machine): void {
  const t = clock('10:01:09')
  const cloudInit = m.spawn(m.init, t, { path: '/usr/bin/cloud-init', args: ['/usr/bin/python3', '/usr/bin/cloud-init', 'modules', '--mode=final'], leads: 'session', entry: { type: 'init' } })
  m.connect(cloudInit, t + 1640, IMDS, { lasts: 12, sent: 201, received: 3120 })
  const part = m.spawn(cloudInit, t + 4800, { path: '/var/lib/cloud/instance/scripts/part-001', args: ['/bin/bash', '/var/lib/cloud/instance/scripts/part-001'] })
  m.run(part, t + 4830, { path: '/usr/bin/hostnamectl', args: ['hostnamectl', 'set-hostname', 'app-02'] }, 61)
  const tag = m.spawn(part, t + 5020, { path: '/usr/bin/python3.10', args: ['python3', '/opt/app/bin/tag_self.py'] })
  m.connect(tag, t + 5451, IMDS, { lasts: 10, sent: 188, received: 430 })
  m.connect(tag, t + 5602, EC2, { lasts: 240, sent: 1902, received: 1204 })
  m.end(tag, t + 5911)
  m.end(part, t + 5930)
  m.end(cloudInit, t + 6210)
}

/** The application's library asks for credentials later than the rule looks, and again without any exec. */
function application(m: Machine): void {
  const t = clock('10:01:30')
  const node = m.spawn(m.init, t, { path: '/usr/bin/node', args: ['/usr/bin/node', '/srv/app/server.js'], cwd: '/srv/app', user: APP_USER, leads: 'session', entry: { type: 'init' } })
  m.connect(node, t + 1904, IMDS, { lasts: 9, sent: 208, received: 1710 })
  m.connect(node, t + 2210, QUEUE, { lasts: 60_400, sent: 8810, received: 4120 })
  for (let at = clock('10:03:20'); at < clock('11:04:00'); at += m.random.between(340_000, 700_000)) {
    m.accept(node, at, { ip: APP_02.ip, port: 3000 }, { ip: WEB_01.ip, port: m.random.between(33_000, 60_000) })
  }
  m.connect(node, clock('10:46:31.900'), IMDS, { lasts: 9, sent: 208, received: 1710 })
}

/** Every ten minutes cron starts a backup that asks for the instance id: the false positive everyone has. */
function backups(m: Machine, cron: Life): void {
  for (let t = clock('10:10:01'); t < clock('10:59:00'); t += 600_000) {
    const job = m.fork(cron, t, { leads: 'session' })
    m.exec(job, t + 4, { path: '/usr/bin/dash', args: ['/bin/sh', '-c', '/opt/backup/backup.sh >> /var/log/backup.log 2>&1'], cwd: '/root' })
    const script = m.spawn(job, t + 7, { path: '/opt/backup/backup.sh', args: ['/bin/bash', '/opt/backup/backup.sh'] })
    const curl = m.spawn(script, t + 12, { path: '/usr/bin/curl', args: ['curl', '-s', '-m', '3', 'http://169.254.169.254/latest/meta-data/instance-id'] })
    m.connect(curl, t + 13 + m.random.between(24, 61), IMDS, { lasts: 6, sent: 128, received: 219 })
    m.end(curl, t + 92)
    m.run(script, t + 98, { path: '/usr/bin/tar', args: ['tar', 'czf', '/var/backups/app.tgz', '-C', '/srv/app', 'data'] }, 1420)
    const aws = m.spawn(script, t + 1530, { path: '/usr/local/aws-cli/v2/2.17.9/dist/aws', args: ['aws', 's3', 'cp', '/var/backups/app.tgz', 's3://corp-backups/app-02/app.tgz', '--only-show-errors'] })
    m.connect(aws, t + 2310, IMDS, { lasts: 8, sent: 206, received: 1704 })
    m.connect(aws, t + 2402, S3, { lasts: 980, sent: 4_120_377, received: 1201 })
    m.end(aws, t + 3460)
    m.end(script, t + 3468)
    m.end(job, t + 3471)
  }
}

/** A run command of Systems Manager: curl under the agent's own directory, which the rule leaves out. */
function runCommand(m: Machine, worker: Life): void {
  const t = clock('10:18:30')
  const cwd = '/var/snap/amazon-ssm-agent/9881'
  const script = '/var/snap/amazon-ssm-agent/9881/orchestration/5d0f0c8e/awsrunShellScript/0.awsrunShellScript/_script.sh'
  const document = m.spawn(worker, t, { path: '/snap/amazon-ssm-agent/9881/ssm-document-worker', args: ['/snap/amazon-ssm-agent/9881/ssm-document-worker', '5d0f0c8e'], cwd, leads: 'session', entry: { type: 'ssm' } })
  const shell = m.spawn(document, t + 410, { path: '/usr/bin/dash', args: ['sh', '-c', script] })
  const curl = m.spawn(shell, t + 418, { path: '/usr/bin/curl', args: ['curl', '-s', 'http://169.254.169.254/latest/meta-data/placement/availability-zone'] })
  m.connect(curl, t + 447, IMDS, { lasts: 6, sent: 141, received: 203 })
  m.end(curl, t + 461)
  m.end(shell, t + 468)
  m.end(document, t + 905)
}

/** A release: chamber reads secrets with the role's credentials while awk, its neighbour in the pipe, has just begun. */
function release(m: Machine, sshd: Life): void {
  const session = login(m, sshd, { at: '10:33:12', from: { ip: CI_RUNNER, port: 39_820 }, user: DEPLOY, home: '/home/deploy', command: '/opt/app/bin/release.sh 4.18.2' })
  const t = clock('10:33:13.090')
  const script = m.exec(session.shell, t, { path: '/opt/app/bin/release.sh', args: ['/bin/bash', '/opt/app/bin/release.sh', '4.18.2'] })
  m.run(script, t + 22, { path: '/usr/bin/rsync', args: ['rsync', '-a', '--delete', '/srv/releases/4.18.2/', '/srv/app/'] }, 840)
  const chamber = m.spawn(script, t + 1100, { path: '/opt/app/bin/chamber', args: ['chamber', 'export', '--format', 'dotenv', 'worker'] })
  const awk = m.spawn(script, t + 1101, { path: '/usr/bin/mawk', args: ['awk', '-F=', '{ print $1 }'] })
  m.connect(chamber, t + 1342, IMDS, { lasts: 9, sent: 204, received: 1708 })
  m.end(chamber, t + 1820)
  m.end(awk, t + 1823)
  const restart = m.spawn(script, t + 2010, { path: '/usr/bin/sudo', args: ['sudo', '/usr/bin/systemctl', 'reload', 'app'], user: { name: 'root', id: '0' } })
  m.run(restart, t + 2031, { path: '/usr/bin/systemctl', args: ['/usr/bin/systemctl', 'reload', 'app'] }, 66)
  m.end(restart, t + 2104)
  logout(m, session, t + 2130)
}

/** The intruder's last hop: a script in memory-backed storage, python asking for the worker's role. */
function intruder(m: Machine, sshd: Life): void {
  const session = login(m, sshd, { at: '10:36:20.040', from: { ip: BASTION_01.ip, port: 52_240 }, user: DEPLOY, home: '/home/deploy', tty: PTS_0 })
  const { shell } = session
  type(m, shell, '10:36:52.200', ['ls', '-la', '/srv/app'])
  type(m, shell, '10:37:05.815', ['cat', '/srv/app/.env'], { code: 1 })
  const t = clock('10:38:12.330')
  const python = m.spawn(shell, t, { path: '/usr/bin/python3.10', args: ['python3', '/dev/shm/.m.py'], leads: 'group' })
  m.connect(python, t + 297, IMDS, { lasts: 5, sent: 162, received: 246 })
  m.connect(python, t + 318, IMDS, { lasts: 5, sent: 228, received: 214 })
  m.connect(python, t + 341, IMDS, { lasts: 6, sent: 246, received: 1711 })
  m.end(python, t + 402)

  const local = type(m, shell, '10:40:30.140', ['curl', '-s', 'http://[::1]:3000/healthz'], { lasts: 40 })
  m.connect(local, clock('10:40:30.168'), { ip: '::1', port: 3000 })
  const task = type(m, shell, '10:41:02.480', ['curl', '-s', '-m', '2', 'http://169.254.170.2/v2/credentials/'], { lasts: 2020, code: 28 })
  m.connect(task, clock('10:41:02.513'), { ip: '169.254.170.2', port: 80 })
  type(m, shell, '10:44:40.020', ['rm', '-f', '/dev/shm/.m.py'])
  logout(m, session, clock('10:47:36.221'))
}

/** app-02: a worker started by the scaling group at ten. */
export function app02(random: Random): Machine {
  const booted = clock('10:00:41')
  const m = new Machine(APP_02, random, 1204, booted)
  const { sshd, cron, ssm, worker } = services(m, { sshd: 798, cron: 655, ssm: 690 }, booted + 9000)
  const chrony = m.before(611, booted + 8200, { path: '/usr/sbin/chronyd', args: ['/usr/sbin/chronyd', '-F', '1'], user: CHRONY })
  for (const life of [m.init, chrony, cron, ssm, worker, sshd]) m.running(life, clock('10:01:04'))

  firstBoot(m)
  application(m)
  m.connect(chrony, clock('10:01:20'), { ip: '169.254.169.123', port: 123 })
  m.connect(chrony, clock('10:31:20'), { ip: '169.254.169.123', port: 123 })
  ssmRefresh(m, worker, ['10:01:52', '10:31:53', '11:01:54'])
  const rotate = m.spawn(m.init, clock('10:05:00'), { path: '/usr/sbin/logrotate', args: ['/usr/sbin/logrotate', '/etc/logrotate.conf'], leads: 'session', entry: { type: 'init' } })
  m.run(rotate, clock('10:05:00.061'), { path: '/usr/bin/gzip', args: ['gzip', '/var/log/syslog.1'], user: SYSLOG }, 212)
  m.end(rotate, clock('10:05:00.420'))
  backups(m, cron)
  runCommand(m, worker)
  release(m, sshd)
  intruder(m, sshd)
  return m
}
