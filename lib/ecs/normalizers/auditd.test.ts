import { describe, expect, test } from 'vitest'
import { readField } from '@/lib/ecs/event'
import { LIMITS } from '@/lib/limits'
import { auditdNormalizer } from './auditd'

const AT = '1762164000.250'
const head = (type: string, serial = 77, node = 'web-01') => `node=${node} type=${type} msg=audit(${AT}:${serial}): `
const WHO = 'auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts3 ses=9'
const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()

function call(number: number, rest: string, options: { arch?: string; pid?: number; exe?: string; comm?: string } = {}): string {
  const { arch = 'c000003e', pid = 4711, exe = '/usr/bin/curl', comm = 'curl' } = options
  return `${head('SYSCALL')}arch=${arch} syscall=${number} ${rest} items=0 ppid=4700 pid=${pid} ${WHO} comm="${comm}" exe="${exe}" subj=unconfined`
}

function normalize(lines: readonly string[], host: string | null = null) {
  return auditdNormalizer(host).normalize(lines.join('\n'))
}

function event(lines: readonly string[], host: string | null = null) {
  const result = normalize(lines, host)
  if (!result.ok) throw new Error(result.rejection.reason)
  return result.event
}

const EXEC = [
  call(59, 'success=yes exit=0 a0=1 a1=2 a2=3 a3=4'),
  `${head('EXECVE')}argc=3 a0="curl" a1="-s" a2=${hex('http://169.254.169.254/a b')}`,
  `${head('CWD')}cwd="/srv/app"`,
  `${head('PATH')}item=0 name="/usr/bin/curl" inode=1 dev=08:01 mode=0100755 ouid=0 ogid=0 nametype=NORMAL`,
  `${head('PATH')}item=1 name="/lib64/ld-linux-x86-64.so.2" inode=2 dev=08:01 mode=0100755 ouid=0 ogid=0 nametype=NORMAL`,
  `${head('PROCTITLE')}proctitle=${hex('curl\u0000-s\u0000http')}`,
  head('EOE'),
]

describe('an exec', () => {
  test('becomes a process event with its arguments, program, directory, terminal and parent', () => {
    expect(event(EXEC)).toMatchObject({
      '@timestamp': '2025-11-03T10:00:00.250Z',
      event: { id: 'web-01:1762164000.250:77', sequence: 77, category: ['process'], type: ['start'], action: 'exec', outcome: 'success' },
      host: { id: 'web-01', name: 'web-01', os: { type: 'linux' }, architecture: 'x86_64' },
      user: { id: '0', audit: { id: '1000' } },
      process: {
        pid: 4711,
        entity_id: 'pid:web-01:4711',
        executable: '/usr/bin/curl',
        name: 'curl',
        args: ['curl', '-s', 'http://169.254.169.254/a b'],
        args_count: 3,
        command_line: 'curl -s http://169.254.169.254/a b',
        working_directory: '/srv/app',
        tty: { char_device: { major: 136, minor: 3 } },
        parent: { pid: 4700, entity_id: 'pid:web-01:4700' },
      },
    })
    expect(readField(event(EXEC), 'process.parent.executable')).toBeUndefined()
  })

  test('is the same whatever the order of its lines', () => {
    expect(event(EXEC.toReversed())).toEqual(event(EXEC))
    expect(event([3, 1, 6, 0, 5, 2, 4].map((i) => EXEC[i]!))).toEqual(event(EXEC))
  })

  test('joins an argument that the kernel split, as bytes', () => {
    const [first, second] = [Buffer.from('größe').subarray(0, 3), Buffer.from('größe').subarray(3)]
    const found = event([
      EXEC[0]!,
      `${head('EXECVE')}argc=2 a0="sh" a1_len=12 a1[0]=${first.toString('hex')}`,
      `${head('EXECVE')} a1[1]=${second.toString('hex')}`,
    ])
    expect(readField(found, 'process.args')).toEqual(['sh', 'größe'])
  })

  test('says how many arguments never came', () => {
    const found = event([EXEC[0]!, `${head('EXECVE')}argc=5 a0="sh" a1="-c"`])
    expect(readField(found, 'process.args_count')).toBe(5)
    expect(readField(found, 'auditd.missing_args')).toBe(3)
  })

  test('of a script is the script', () => {
    const found = event([
      call(59, 'success=yes exit=0', { exe: '/usr/bin/dash', comm: 'thirty-banner.s' }),
      `${head('EXECVE')}argc=2 a0="/bin/sh" a1="./bin/../thirty-banner.sh"`,
      `${head('CWD')}cwd="/etc/update-motd.d"`,
      `${head('PATH')}item=0 name="./bin/../thirty-banner.sh" nametype=NORMAL`,
    ])
    expect(readField(found, 'process.executable')).toBe('/etc/update-motd.d/thirty-banner.sh')
    expect(readField(found, 'process.name')).toBe('thirty-banner.sh')
  })

  test('by a link keeps the name it was asked for by', () => {
    const found = event([
      call(59, 'success=yes exit=0', { exe: '/usr/bin/nc.openbsd', comm: 'nc' }),
      `${head('PATH')}item=0 name="/bin/nc" nametype=NORMAL`,
    ])
    expect([readField(found, 'process.executable'), readField(found, 'process.name')]).toEqual(['/usr/bin/nc.openbsd', 'nc'])
  })

  test('that failed starts nothing', () => {
    const found = event([call(59, 'success=no exit=-2')])
    expect(found).toMatchObject({ event: { action: 'exec_failed', type: ['info'], outcome: 'failure' } })
  })

  test.each([
    ['aarch64', 'c00000b7', 221],
    ['execveat', 'c000003e', 322],
    ['32-bit', '40000003', 11],
  ])('%s', (_name, arch, number) => {
    expect(event([call(number, 'success=yes exit=0', { arch })])).toMatchObject({ event: { action: 'exec' } })
  })
})

describe('a connection', () => {
  const connect = (saddr: string, result = 'success=no exit=-115', number = 42, arch = 'c000003e', a0 = '5') =>
    event([call(number, `${result} a0=${a0} a1=0`, { arch }), `${head('SOCKADDR')}saddr=${saddr}`])

  test.each([
    ['IPv4', '02000050A9FEA9FE0000000000000000', '169.254.169.254', 80],
    ['IPv4 of a big-endian machine', '00020050A9FEA9FE0000000000000000', '169.254.169.254', 80],
    ['IPv6', '0A0001BB00000000FD000EC200000000000000000000025400000000', 'fd00:ec2::254', 443],
    ['IPv4 in IPv6', '0A0000500000000000000000000000000000FFFFA9FEA9FE00000000', '169.254.169.254', 80],
    ['IPv6 loopback of a big-endian machine', '000A1F90000000000000000000000000000000000000000100000000', '::1', 8080],
  ])('%s', (_name, saddr, ip, port) => {
    expect(connect(saddr)).toMatchObject({
      event: { category: ['network'], type: ['connection'], action: 'connection_attempted', outcome: 'unknown' },
      destination: { ip, port },
      process: { pid: 4711, parent: { pid: 4700 }, executable: '/usr/bin/curl', name: 'curl' },
    })
  })

  test.each([
    ['success=yes exit=0', 'success'],
    ['success=no exit=-115', 'unknown'],
    ['success=no exit=-111', 'failure'],
  ])('%s is an attempt', (result, outcome) => {
    expect(connect('02000050A9FEA9FE0000000000000000', result)).toMatchObject({ event: { action: 'connection_attempted', outcome } })
  })

  test.each([
    ['aarch64', 203, 'c00000b7', '5'],
    ['32-bit socketcall', 102, '40000003', '3'],
    ['32-bit connect', 362, '40000003', '3'],
  ])('%s', (_name, number, arch, a0) => {
    expect(connect('02000050A9FEA9FE0000000000000000', 'success=yes exit=0', number, arch, a0)).toMatchObject({ event: { action: 'connection_attempted' } })
  })

  test('through io_uring', () => {
    const found = event([
      `${head('URINGOP')}uring_op=16 success=yes exit=0 items=0 ppid=4700 pid=4711 uid=0 gid=0 euid=0 key=(null)`,
      `${head('SOCKADDR')}saddr=02000050A9FEA9FE0000000000000000`,
    ])
    expect(found).toMatchObject({ event: { action: 'connection_attempted' }, destination: { ip: '169.254.169.254' }, process: { parent: { pid: 4700 } } })
  })

  test('to a local socket is none to a network', () => {
    expect(connect('01002F72756E2F782E736F636B00')).toMatchObject({ event: { action: 'connect' }, destination: { address: '/run/x.sock' } })
    expect(connect('010000616263')).toMatchObject({ destination: { address: '@abc' } })
  })

  test.each(['', '02', '0200', '02000050A9', '0A0050', 'zz', 'FFFF00', '(null)'])('a damaged address %s is left out', (saddr) => {
    expect(readField(connect(saddr), 'destination.ip')).toBeUndefined()
  })
})

describe('a life', () => {
  test.each([
    ['fork', call(57, 'success=yes exit=4800')],
    ['clone', call(56, 'success=yes exit=4800 a0=1200011')],
    ['clone on aarch64', call(220, 'success=yes exit=4800 a0=1200011', { arch: 'c00000b7' })],
  ])('begins by %s: the child is the process', (_name, line) => {
    expect(event([line])).toMatchObject({
      event: { action: 'fork', category: ['process'], type: ['start'] },
      process: { pid: 4800, executable: '/usr/bin/curl', parent: { pid: 4711, executable: '/usr/bin/curl' } },
    })
  })

  test('a thread is no process', () => {
    expect(event([call(56, 'success=yes exit=4800 a0=3d0f00')])).toMatchObject({ event: { action: 'clone' }, process: { pid: 4711 } })
    expect(event([call(435, 'success=yes exit=4800 a0=7ffe1234')])).toMatchObject({ event: { action: 'clone3' }, process: { pid: 4711 } })
  })

  test('ends by exit_group', () => {
    expect(event([call(231, 'a0=0')])).toMatchObject({ event: { action: 'end', type: ['end'] }, process: { pid: 4711 } })
  })
})

describe('values', () => {
  test('keys of a rule become tags: one, several as the kernel writes them, none', () => {
    expect(readField(event([call(42, 'success=yes exit=0 key="imds"')]), 'tags')).toEqual(['imds'])
    expect(readField(event([call(42, `success=yes exit=0 key=${hex('imds\u0001exec')}`)]), 'tags')).toEqual(['imds', 'exec'])
    expect(readField(event([call(42, 'success=yes exit=0 key="imds"\u0001"exec"')]), 'tags')).toEqual(['imds', 'exec'])
    expect(readField(event([call(42, 'success=yes exit=0 key=(null)')]), 'tags')).toBeUndefined()
    expect(readField(event([call(42, 'success=yes exit=0 key="key=imds"')]), 'tags')).toEqual(['imds'])
  })

  test('what auditd resolved is taken for names', () => {
    const found = event([`${call(42, 'success=yes exit=0 key=(null)')}\u001dARCH=x86_64 SYSCALL=connect AUID="eve" UID="root" GID="root" EUID="daemon"`])
    expect(found).toMatchObject({ user: { id: '0', name: 'root', audit: { id: '1000', name: 'eve' }, effective: { id: '0', name: 'daemon' } } })
  })

  test('what auditd resolved, when the separator in front of it was lost', () => {
    const resolved = 'ARCH=x86_64 SYSCALL=connect AUID="eve" UID="root"'
    for (const key of ['key=(null)', 'key="imds"', 'key=DEADBEEF']) {
      const found = event([`${call(42, 'success=yes exit=0')} ${key}${resolved}`])
      expect(found).toMatchObject({ user: { id: '0', name: 'root', audit: { name: 'eve' } } })
    }
    const found = event([`${head('LOGIN')}pid=7 uid=0 old-auid=4294967295 auid=1000 ses=4294967295UID="root" AUID="eve"`])
    expect(found).toMatchObject({ user: { id: '0', name: 'root', audit: { id: '1000', name: 'eve' } } })
    expect(readField(found, 'auditd.session')).toBeUndefined()
    expect(readField(event([EXEC[0]!, `${head('SOCKADDR')}saddr=100000000000000000000000SADDR={ fam=netlink nlnk-fam=16 }`]), 'auditd.record_types')).toContain('SOCKADDR')
  })

  test('a comma in a value belongs to it', () => {
    const found = event([`${head('USER_ACCT')}pid=7 uid=0, auid=0 msg='op=PAM:accounting grantors=pam_unix,pam_localuser acct="root" res=success'`])
    expect(readField(found, 'auditd.data.grantors')).toBe('pam_unix,pam_localuser')
    expect(readField(found, 'user')).toMatchObject({ id: '0', audit: { id: '0' } })
  })

  test('what sudo was asked to run, and where', () => {
    const found = event([`${head('USER_CMD')}pid=7 uid=1000 auid=1000 ses=1 msg='cwd="/home/eve" cmd=${hex('cat /etc/shadow')} terminal=pts/1 res=failed'`])
    expect(found).toMatchObject({ event: { action: 'user_cmd', outcome: 'failure' }, process: { working_directory: '/home/eve', command_line: 'cat /etc/shadow' } })
  })

  test('the effective user where it differs', () => {
    const line = call(59, 'success=yes exit=0').replace('uid=0', 'uid=1000').replace('auid=1000', 'auid=4294967295')
    expect(readField(event([line]), 'user')).toEqual({ id: '1000', group: { id: '0' }, effective: { id: '0' } })
  })

  test('a name in hex, and one that only looks like it', () => {
    expect(readField(event([call(42, 'success=yes exit=0').replace('comm="curl"', `comm=${hex('a "b')}`)]), 'process.thread.name')).toBe('a "b')
    expect(readField(event([call(42, 'success=yes exit=0').replace('comm="curl"', 'comm="DEADBEEF"')]), 'process.thread.name')).toBe('DEADBEEF')
  })

  test('a message of a program: what the kernel says comes first', () => {
    const found = event([`${head('USER_LOGIN')}pid=300 uid=0 auid=1000 ses=4 msg='op=login acct="eve" pid=1 exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 terminal=/dev/pts/1 res=failed'`])
    expect(found).toMatchObject({
      event: { action: 'user_login', category: ['authentication'], outcome: 'failure' },
      process: { pid: 300, executable: '/usr/sbin/sshd', tty: { char_device: { major: 136, minor: 1 } } },
      source: { ip: '203.0.113.9' },
    })
    expect(readField(found, 'auditd.data.acct')).toBe('eve')
  })

  test('a name like __proto__ is a name', () => {
    const found = event([`${head('USER_X')}__proto__=1 constructor=2 pid=3`])
    expect(({} as Record<string, unknown>)['1']).toBeUndefined()
    expect(Object.getOwnPropertyNames(readField(found, 'auditd.data') as object)).toContain('__proto__')
  })

  test('numbers of 64 bits keep their digits', () => {
    const found = event([`node=n type=USER_X msg=audit(${AT}:18446744073709551615): pid=18446744073709551615 a3=ffffffffffffffff`])
    expect(readField(found, 'event.id')).toBe(`n:${AT}:18446744073709551615`)
    expect(readField(found, 'process.pid')).toBeUndefined()
    expect(readField(found, 'auditd.data.pid')).toBe('18446744073709551615')
  })

  test.each([
    ['pts0', 136, 0],
    ['pts300', 137, 44],
    ['tty1', 4, 1],
    ['ttyS0', 4, 64],
    ['console', 5, 1],
  ])('the terminal %s', (tty, major, minor) => {
    expect(readField(event([call(42, 'success=yes exit=0').replace('tty=pts3', `tty=${tty}`)]), 'process.tty.char_device')).toEqual({ major, minor })
  })

  test('no terminal', () => {
    expect(readField(event([call(42, 'success=yes exit=0').replace('tty=pts3', 'tty=(none)')]), 'process.tty')).toBeUndefined()
  })
})

describe('the separator as log daemons write it', () => {
  const RESOLVED = 'ARCH=x86_64 SYSCALL=connect AUID="kim" UID="root" GID="root"'

  test.each(['#035', '\\035', '\\x1d', '\\x1D', '^]', '<1d>', '\u001d'])('%s, behind any kind of value', (mark) => {
    for (const [key, tags] of [['key=(null)', undefined], ['key="imds"', ['imds']], [`key=${hex('imds\u0001exec')}`, ['imds', 'exec']], ['key="imds"#001"exec"', ['imds', 'exec']]] as const) {
      const found = event([`${call(42, 'success=yes exit=0')} ${key}${mark}${RESOLVED}`])
      expect(readField(found, 'tags')).toEqual(tags)
      expect(readField(found, 'user')).toMatchObject({ id: '0', name: 'root', audit: { name: 'kim' } })
      expect(JSON.stringify(found)).not.toMatch(/035|x1d|\^\]|<1d>|u001d/i)
    }
  })

  test.each([
    ['USER_ACCT', `pid=7 uid=0 auid=1000 ses=1 msg='op=PAM:accounting acct="root" res=success'`, 'UID="root" AUID="kim"'],
    ['USER_ACCT', `pid=7 uid=0 auid=1000 ses=1 msg='op=PAM:accounting acct="root" res=success`, 'UID="root" AUID="kim"'],
    ['LOGIN', 'pid=7 uid=0 old-auid=4294967295 auid=1000 old-ses=4294967295 ses=1 res=1', 'UID="root" OLD-AUID="unset" AUID="kim"'],
    ['ANOM_PROMISCUOUS', 'dev=eth0 prom=256 old_prom=0 auid=1000 uid=0 gid=0 ses=1', 'AUID="kim" UID="root" GID="root"'],
    ['USER_MGMT', `pid=7 uid=0 auid=1000 ses=1 msg='op=x id=1001 exe="/usr/sbin/usermod" res=success'`, 'UID="root" AUID="kim" ID="eve"'],
    ['SECCOMP', 'auid=1000 uid=0 gid=0 ses=1 pid=7 comm="x" exe="/x" sig=31 arch=c000003e syscall=41 compat=0 ip=0x7f code=0x0', 'AUID="kim" UID="root" GID="root" ARCH=x86_64 SYSCALL=socket'],
  ])('in front of what is resolved of %s', (type, body, resolved) => {
    for (const mark of ['#035', '\u001d']) {
      const found = event([`${head(type)}${body}${mark}${resolved}`])
      expect(readField(found, 'user.audit')).toMatchObject({ id: '1000', name: 'kim' })
      expect(JSON.stringify(found)).not.toMatch(/#035|u001d|"UID"/)
    }
  })

  test('a program of that name hides nothing', () => {
    const found = event([call(42, 'success=yes exit=0', { comm: 'x#035UID=eve', exe: '/tmp/#035EXE=' }).replace('unconfined', 'unconfined key="imds"')])
    expect(found).toMatchObject({ process: { thread: { name: 'x#035UID=eve' }, executable: '/tmp/#035EXE=' }, user: { id: '0' }, tags: ['imds'] })
    expect(readField(found, 'user.name')).toBeUndefined()
  })
})

describe('the account that a message is about', () => {
  const said = (type: string, message: string, outer = 'pid=902 uid=0 auid=1000 ses=3', resolved = '') => event([`${head(type)}${outer} msg='${message}'${resolved}`])

  test('is the user; who sent it is the effective one, and no field hides another', () => {
    const found = said('USER_LOGIN', 'uid=1000 exe="/usr/libexec/x" pid=1 hostname=? addr=? terminal=? res=failed')
    expect(found).toMatchObject({
      event: { outcome: 'failure' },
      user: { id: '1000', effective: { id: '0' }, audit: { id: '1000' } },
      process: { pid: 902, executable: '/usr/libexec/x' },
      auditd: { data: { uid: '0', pid: '902', msg: { uid: '1000', pid: '1' } } },
    })
  })

  test.each(['USER_AUTH', 'USER_ACCT', 'USER_LOGIN', 'USER_LOGOUT', 'CRED_ACQ', 'CRED_DISP', 'CRED_REFR', 'USER_START', 'USER_END', 'USER_ERR'])('%s', (type) => {
    expect(readField(said(type, 'op=x acct="eve" exe="/x" res=success'), 'user')).toEqual({ name: 'eve', effective: { id: '0' }, audit: { id: '1000' } })
    expect(readField(said(type, 'op=x id=1001 exe="/x" res=success'), 'user')).toEqual({ id: '1001', effective: { id: '0' }, audit: { id: '1000' } })
    expect(readField(said(type, 'op=x acct="root" exe="/x" res=success'), 'user')).toEqual({ id: '0', name: 'root', audit: { id: '1000' } })
    expect(readField(said(type, 'op=x acct="?" exe="/x" res=failed'), 'user')).toEqual({ id: '0', audit: { id: '1000' } })
    expect(readField(said(type, 'op=x acct="eve" res=success', undefined, '\u001dUID="root" AUID="eve"'), 'user')).toEqual({
      id: '1000', name: 'eve', effective: { id: '0', name: 'root' }, audit: { id: '1000', name: 'eve' },
    })
    expect(readField(said(type, 'op=x id=1001 res=success', undefined, '\u001dUID="root" AUID="kim" ID="eve"'), 'user')).toMatchObject({ id: '1001', name: 'eve', effective: { name: 'root' } })
  })

  test('beside the call that sent it', () => {
    const lines = [call(44, 'success=yes exit=120'), `${head('USER_AUTH')}pid=4711 uid=0 auid=1000 ses=9 msg='op=PAM:authentication acct="eve" addr=203.0.113.9 res=failed'`]
    expect(event(lines)).toMatchObject({ event: { action: 'user_auth', outcome: 'failure' }, user: { name: 'eve', effective: { id: '0' } }, source: { ip: '203.0.113.9' }, auditd: { data: { acct: 'eve' } } })
  })

  test('is the target of a change', () => {
    expect(said('ADD_USER', 'op=adding user id=1001 exe="/usr/sbin/useradd" res=success')).toMatchObject({ user: { id: '0', target: { id: '1001' } } })
    expect(said('USER_CHAUTHTOK', 'op=PAM:chauthtok acct="eve" res=success')).toMatchObject({ user: { id: '0', target: { name: 'eve' } } })
    expect(said('USER_MGMT', 'op=changing-name acct="eve" new-name="mallory" res=success')).toMatchObject({ user: { target: { name: 'eve' }, changes: { name: 'mallory' } } })
    expect(said('USER_MGMT', 'op=add-user-to-group grp="wheel" acct="eve" res=success')).toMatchObject({ user: { target: { name: 'eve', group: { name: 'wheel' } } }, group: { name: 'wheel' } })
    expect(said('ADD_GROUP', 'op=adding group acct="dev" id=1002 res=success')).toMatchObject({ user: { id: '0' }, group: { id: '1002', name: 'dev' } })
  })

  test('who asked sudo stays the user', () => {
    expect(readField(said('USER_CMD', 'cwd="/" cmd="id" terminal=pts/1 res=success', 'pid=7 uid=1000 auid=1000 ses=1'), 'user')).toEqual({ id: '1000', audit: { id: '1000' } })
  })
})

describe('a decision of a security module', () => {
  const AVC = 'avc:  denied  { name_connect } for  pid=4711 comm="curl" dest=80 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:http_port_t:s0 tclass=tcp_socket permissive=0'

  test('alone: what was decided, about what, of whom', () => {
    expect(event([`${head('AVC')}${AVC}`])).toMatchObject({
      event: { action: 'avc', outcome: 'failure', category: ['network'], type: ['denied'] },
      destination: { port: 80 },
      process: { pid: 4711, name: 'curl' },
      auditd: { data: { seresult: 'denied', seperms: ['name_connect'], scontext: 'system_u:system_r:httpd_t:s0', tcontext: 'system_u:object_r:http_port_t:s0', tclass: 'tcp_socket', permissive: '0' } },
    })
  })

  test.each([
    ['denied', '0', 'failure'],
    ['denied', '1', 'success'],
    ['granted', '0', 'success'],
  ])('%s with permissive=%s', (result, permissive, outcome) => {
    const found = event([`${head('AVC')}avc:  ${result}  { read write open } for  pid=1 comm="x" path="/etc/shadow" dev="sda" ino=1 scontext=a tcontext=b tclass=file permissive=${permissive}`])
    expect(found).toMatchObject({ event: { outcome, category: ['file'] }, file: { path: '/etc/shadow' }, auditd: { data: { seresult: result, seperms: ['read', 'write', 'open'] } } })
  })

  test('beside a call keeps its fields and its outcome', () => {
    for (const [permissive, success, avc] of [['0', 'no', 'failure'], ['1', 'yes', 'success'], ['0', 'yes', 'failure']] as const) {
      const lines = [call(257, `success=${success} exit=-13`), `${head('AVC')}avc:  denied  { read } for  pid=99 comm="other" name="x" scontext=a tcontext=b tclass=file permissive=${permissive}`]
      expect(event(lines)).toMatchObject({
        event: { action: 'avc', outcome: avc },
        process: { pid: 4711 },
        auditd: { message_type: 'avc', data: { success, seresult: 'denied', seperms: ['read'], tclass: 'file', permissive, avc: { pid: '99', comm: 'other' } } },
      })
    }
  })

  test('beside a connection leaves that its own outcome', () => {
    for (const [success, outcome] of [['no exit=-13', 'failure'], ['yes exit=0', 'success']] as const) {
      const found = event([call(42, `success=${success}`), `${head('SOCKADDR')}saddr=02000050A9FEA9FE0000000000000000`, `${head('AVC')}${AVC}`])
      expect(found).toMatchObject({ event: { action: 'connection_attempted', outcome }, destination: { ip: '169.254.169.254', port: 80 }, auditd: { data: { seresult: 'denied', seperms: ['name_connect'] } } })
    }
  })

  test('several keep what each says', () => {
    const found = event(['bind', 'node_bind'].map((permission) => `${head('AVC')}avc:  denied  { ${permission} } for  pid=1 comm="x" scontext=a tcontext=b tclass=tcp_socket permissive=0`))
    expect(readField(found, 'auditd.data')).toMatchObject({ seperms: ['bind'], avc: { seperms: ['node_bind'] } })
  })

  test.each([
    ['DENIED', 'failure'],
    ['ALLOWED', 'success'],
    ['AUDIT', 'success'],
    ['STATUS', 'unknown'],
  ])('AppArmor %s', (word, outcome) => {
    const line = `${head('AVC')}apparmor="${word}" operation="open" profile="/usr/bin/curl" name="/etc/shadow" pid=99 comm="curl" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`
    expect(event([line])).toMatchObject({ event: { outcome }, file: { path: '/etc/shadow' }, auditd: { data: { apparmor: word, profile: '/usr/bin/curl', denied_mask: 'r' } } })
    expect(event([call(257, 'success=yes exit=3'), line])).toMatchObject({ event: { action: 'avc', outcome }, auditd: { data: { apparmor: word, operation: 'open', avc: { pid: '99' } } } })
  })

  test('of a program: USER_AVC', () => {
    const found = event([`${head('USER_AVC')}pid=1 uid=0 auid=4294967295 ses=4294967295 subj=x msg='avc:  denied  { status } for auid=1000 uid=1000 gid=1000 path="/usr/lib/a.service" cmdline="x" scontext=a tcontext=b tclass=service permissive=0 exe="/usr/lib/systemd/systemd" sauid=0 hostname=? addr=? terminal=?'`])
    expect(found).toMatchObject({ event: { action: 'user_avc', outcome: 'failure' }, user: { id: '1000', effective: { id: '0' } }, auditd: { data: { seresult: 'denied', seperms: ['status'], tclass: 'service', msg: { uid: '1000' } } } })
  })
})

describe('what is not whole', () => {
  test.each([
    ['cut behind the call', `${head('SYSCALL')}arch=c000003e syscall=59 succ`, { action: 'exec_attempted' }],
    ['execveat', `${head('SYSCALL')}arch=c000003e syscall=322 success=y`, { action: 'exec_attempted' }],
    ['cut in the number of the call', `${head('SYSCALL')}arch=c000003e syscall=5`, { action: 'syscall' }],
    ['a connect', `${head('SYSCALL')}arch=c000003e syscall=42 success`, { action: 'connect' }],
    ['a lone EXECVE', `${head('EXECVE')}argc=1 a0="id"`, { action: 'execve' }],
    ['a lone PATH', `${head('PATH')}item=0 name="/etc/shadow" nametype=NORMAL`, { action: 'path' }],
    ['without a result', call(59, ''), { action: 'exec_attempted' }],
  ])('%s: nobody knows whether it succeeded', (_name, line, fields) => {
    const found = event([line])
    expect(found).toMatchObject({ event: { ...fields, outcome: 'unknown' }, auditd: { incomplete: true } })
    expect(readField(found, 'event.type')).not.toEqual(['start'])
  })

  test('what was cut off is not taken for a pid', () => {
    const whole = call(59, 'success=yes exit=0')
    const found = event([whole.slice(0, whole.indexOf('pid=4711') + 6)])
    expect(readField(found, 'process.pid')).toBeUndefined()
    expect(readField(found, 'auditd.incomplete')).toBe(true)
  })

  test('an argument that ends inside of its quotes is kept and marked', () => {
    const found = event([call(59, 'success=yes exit=0'), `${head('EXECVE')}argc=2 a0="curl" a1="http://169.254.1`])
    expect(found).toMatchObject({ event: { action: 'exec' }, process: { args: ['curl', 'http://169.254.1'] }, auditd: { incomplete: true } })
  })

  test('what is whole is not marked', () => {
    for (const lines of [EXEC, [call(231, 'a0=0')], [call(42, 'success=no exit=-115')]]) expect(readField(event(lines), 'auditd.incomplete')).toBeUndefined()
  })

  test('a lone PATH tells its file', () => {
    expect(readField(event([`${head('PATH')}item=0 name=${hex('/srv/a b')} nametype=NORMAL`]), 'file.path')).toBe('/srv/a b')
  })
})

describe('the file of a call', () => {
  const path = (item: number, name: string, kind: string) => `${head('PATH')}item=${item} name="${name}" inode=1 dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 ${kind}`
  const file = (number: number, ...paths: string[]) => readField(event([call(number, 'success=yes exit=3'), `${head('CWD')}cwd="/srv"`, ...paths]), 'file.path')

  test.each(['nametype', 'objtype'])('%s', (field) => {
    expect(file(257, path(0, '/etc/', `${field}=PARENT`), path(1, '/etc/x', `${field}=CREATE`))).toBe('/etc/x')
    expect(file(87, path(0, 'etc/', `${field}=PARENT`), path(1, 'x', `${field}=DELETE`))).toBe('/srv/x')
    expect(file(257, path(0, '/etc/x', `${field}=NORMAL`))).toBe('/etc/x')
  })

  test('of a kernel that says neither is the last one where a file is made, the first where it is opened', () => {
    expect(file(83, path(0, '/srv', ''), path(1, '/srv/made', ''))).toBe('/srv/made')
    expect(file(2, path(0, '/srv/read', ''))).toBe('/srv/read')
    expect(file(87, ...Array.from({ length: 11 }, (_, i) => path(i, `/srv/${i}`, '')))).toBe('/srv/10')
  })
})

describe('text in hex', () => {
  test.each(['acct', 'cmd', 'exe', 'cwd', 'comm', 'name', 'vm', 'grp', 'path', 'file', 'dir', 'sw', 'ocomm', 'profile', 'new-disk', 'old-disk', 'new-fs', 'new-name', 'device', 'cgroup'])('%s is decoded where nothing else shows it', (name) => {
    const data = (line: string) => readField(event([line]), `auditd.data.${name}`)
    expect(data(`${head('USER_X')}pid=1 uid=0 msg='${name}=${hex('(unknown user)')} res=failed'`)).toBe('(unknown user)')
    expect(data(`${head('ANOM_X')}${name}=${hex('a b')} x=1`)).toBe('a b')
    expect(data(`${head('ANOM_X')}${name}="DEADBEEF" x=1`)).toBe('DEADBEEF')
    expect(data(`${head('ANOM_X')}${name}=hello x=1`)).toBe('hello')
    expect(data(`${head('ANOM_X')}${name}=ABC x=1`)).toBe('ABC')
    expect(data(`${head('ANOM_X')}${name}=1000 x=1`)).toBe('1000')
  })

  test('what was typed', () => {
    for (const type of ['TTY', 'USER_TTY']) expect(readField(event([`${head(type)}tty pid=1 uid=0 auid=1000 ses=1 major=136 minor=0 comm="bash" data=${hex('6')}${hex('ls\r')}`]), 'auditd.data.data')).toBe('6ls\r')
    expect(readField(event([`${head('TTY')}tty pid=1 data=6C73`]), 'auditd.data.data')).toBe('ls')
  })

  test('an account that did not exist', () => {
    expect(readField(event([`${head('USER_LOGIN')}pid=1 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=28756E6B6E6F776E207573657229 exe="/usr/sbin/sshd" res=failed'`]), 'user.name')).toBe('(unknown user)')
  })

  test.each(['\u001b[31m', '\ufffd ', 'xyz\u0007', 'sudosu\u0007', 'größe'])('an account with %j in it', (acct) => {
    expect(readField(event([`${head('USER_LOGIN')}pid=1 uid=0 msg='op=login acct=${hex(acct)} res=failed'`]), 'user.name')).toBe(acct)
  })

  test('numbers and other words stay as they are', () => {
    const found = event([`${head('USER_X')}pid=4142 ino=4142 dev=abcd a0=4142 inode=61622063 acct=added grp=decade file=CAFE`])
    expect(readField(found, 'auditd.data')).toMatchObject({ pid: '4142', ino: '4142', dev: 'abcd', a0: '4142', inode: '61622063', acct: 'added', grp: 'decade' })
  })
})

describe('a socket', () => {
  test.each(['0100', '01000000', '010000000000000000000000'])('without a name (%s) has no address', (saddr) => {
    const found = event([call(42, 'success=no exit=-111'), `${head('SOCKADDR')}saddr=${saddr}`])
    expect(readField(found, 'destination')).toBeUndefined()
    expect(found).toMatchObject({ event: { action: 'connect' }, network: { type: 'unix' } })
  })
})

test('a resolved socket without a name has no address either', () => {
  for (const resolved of ['{ saddr_fam=local }', '{ fam=local }']) {
    const found = event([call(42, 'success=no exit=-111'), `${head('SOCKADDR')}saddr=(null)\u001dSADDR=${resolved}`])
    expect(readField(found, 'destination')).toBeUndefined()
    expect(found).toMatchObject({ network: { type: 'unix' } })
  }
})

describe('interpreted output', () => {
  const human = (type: string) => `node=web-01 type=${type} msg=audit(11/03/2025 10:00:00.250:77) : `
  const CALL = 'arch=x86_64 syscall=execve success=yes exit=0 a0=0x1 items=2 ppid=4700 pid=4711 auid=eve uid=root gid=root euid=root tty=pts3 ses=9 comm=curl exe=/usr/bin/curl key=imds'

  test('gives the same event', () => {
    const found = event([
      `${human('SYSCALL')}${CALL}`,
      `${human('EXECVE')}argc=3 a0=curl a1=-s a2=http://169.254.169.254/a b c=d `,
      `${human('CWD')}cwd=/srv/my app `,
      `${human('PROCTITLE')}proctitle=curl -s x=y`,
    ])
    expect(found).toMatchObject({
      event: { id: 'web-01:1762164000.250:77', action: 'exec' },
      user: { name: 'root', audit: { name: 'eve' } },
      process: { pid: 4711, args: ['curl', '-s', 'http://169.254.169.254/a b c=d'], working_directory: '/srv/my app' },
      tags: ['imds'],
      host: { architecture: 'x86_64' },
    })
  })

  test.each(['saddr={ saddr_fam=inet laddr=169.254.169.254 lport=80 }', 'saddr={ fam=inet laddr=169.254.169.254 lport=80 }', 'saddr=inet host:169.254.169.254 serv:80'])('%s', (saddr) => {
    const line = CALL.replace('execve success=yes exit=0', 'connect success=no exit=EINPROGRESS(Operation now in progress)')
    expect(event([`${human('SYSCALL')}${line}`, `${human('SOCKADDR')}${saddr}`])).toMatchObject({
      event: { action: 'connection_attempted', outcome: 'unknown' },
      destination: { ip: '169.254.169.254', port: 80 },
    })
  })
})

describe('a head of a log', () => {
  test('gives the same event as the record alone, and the host where no node= stands', () => {
    const heads = ['Nov  3 10:00:00 web-01 audisp-syslog[985]: ', '<13>1 2025-11-03T10:00:00.250Z web-01 audispd - - [a b="c"] \ufeff', '2025-11-03T10:00:00+0100 web-01 audispd: ']
    for (const head of heads) {
      expect(event(EXEC.map((line) => `${head}${line.replace('node=web-01 ', '')}`))).toEqual(event(EXEC))
      expect(event(EXEC.map((line) => `${head.replace('web-01', 'relay')}${line}`))).toEqual(event(EXEC))
    }
  })

  test('of the kernel: numbers for types', () => {
    const numbers: Record<string, string> = { SYSCALL: '1300', EXECVE: '1309', CWD: '1307', PATH: '1302', PROCTITLE: '1327', EOE: '1320' }
    const lines = EXEC.map((line) => `Nov  3 10:00:00 web-01 kernel: [ 12.345] audit: ${line.replace('node=web-01 ', '').replace(/type=(\w+) msg=/, (_all, type: string) => `type=${numbers[type]} `)}`)
    expect(event(lines)).toEqual(event(EXEC))
  })

  test('names the host that --host does not', () => {
    expect(readField(event(['Nov  3 10:00:00 web-7 audispd: type=USER_X msg=audit(1762164000.250:77): x=1'], 'other'), 'host.id')).toBe('web-7')
    expect(readField(event(['[ 12.345] audit: type=1305 audit(1762164000.250:77): x=1'], 'other'), 'host.id')).toBe('other')
  })
})

describe('what is not taken', () => {
  test.each([
    ['nothing', '', 'not_audit'],
    ['JSON', '{"a":1}', 'not_audit'],
    ['no time', 'type=SYSCALL msg=audit(): x=1', 'bad_audit_stamp'],
    ['a time beyond 9999', 'type=SYSCALL msg=audit(999999999999.000:1): x=1', 'bad_audit_stamp'],
    ['a date that is none', 'type=SYSCALL msg=audit(13/32/2025 10:00:00.250:77) : x=1', 'bad_audit_stamp'],
    ['a record behind other text', 'see type=SYSCALL msg=audit(1762164000.250:77): x=1', 'not_audit'],
    ["the journal's own reading", 'Nov 03 10:00:00 web-7 audit[985]: USER_LOGIN pid=985 uid=0', 'no_audit_stamp'],
    ['what the kernel could not print', 'Nov  3 10:00:00 web-7 kernel: audit: kauditd_printk_skb: 7 callbacks suppressed', 'audit_lost'],
    ['what the kernel lost', 'audit: backlog limit exceeded', 'audit_lost'],
    ['no host', 'type=SYSCALL msg=audit(1762164000.250:77): x=1', 'no_host'],
    ['two events', `${head('EOE', 1)}\n${head('EOE', 2)}`, 'mixed_events'],
    ['too many fields', `${head('X')}${Array.from({ length: LIMITS.auditFields + 1 }, (_, i) => `f${i}=1`).join(' ')}`, 'too_many_fields'],
  ])('%s', (_name, text, code) => {
    expect(normalize([text])).toMatchObject({ ok: false, rejection: { code } })
  })

  test('the remedy for a missing host is named, and works', () => {
    const lines = EXEC.map((line) => line.replace('node=web-01 ', ''))
    const result = normalize(lines)
    expect(!result.ok && result.rejection.reason).toContain('give --host NAME')
    expect(event(lines, 'web-01')).toEqual(event(EXEC))
  })

  test('additions without their main record are kept beside it, not taken for it', () => {
    expect(readField(event([EXEC[2]!]), 'event.id')).toBe('web-01:1762164000.250:77:CWD')
  })
})
