import { describe, expect, test } from 'vitest'
import { runRequest } from '@/lib/secl'

/** The language as tables: values, and whether an expression on them holds. A text is the message with which it is refused. */

const NOW = 1_790_000_000_000_000_000n

type Table = readonly (readonly [expr: string, expected: boolean])[]

function answer(expr: string, needs: Record<string, unknown>, more: Record<string, unknown> = {}): boolean | string {
  const response = runRequest({ expr, needs, ...more }, NOW)
  return 'error' in response ? `${response.error.column}: ${response.error.message}` : response.result
}

function table(name: string, needs: Record<string, unknown>, rows: Table, more: Record<string, unknown> = {}): void {
  test.each(rows)(`${name}: %s → %s`, (expr, expected) => {
    expect(answer(expr, needs, more)).toBe(expected)
  })
}

const EXEC = {
  exec: {
    comm: 'curl',
    uid: 0,
    args: '-s http://169.254.169.254/latest/',
    argv: ['-s', 'http://169.254.169.254/latest/'],
    file: { path: '/usr/bin/curl', name: 'curl', mode: 0o104755 },
    tty_name: '',
    is_thread: false,
    envs: [],
  },
}

describe('texts', () => {
  table('ordinary fields', EXEC, [
    ['exec.comm == "curl"', true],
    ['exec.comm == "CURL"', false],
    ['exec.comm == "cur*"', false],
    ['exec.comm =~ "cur*"', true],
    ['exec.comm == ~"cur*"', true],
    ['exec.comm != ~"cur*"', false],
    ['exec.comm !~ "cur*"', false],
    ['exec.comm !~ "wget"', true],
    ['exec.args =~ "*169.254.169.254/*"', true],
    ['exec.args =~ "-s*"', true],
    ['exec.args =~ "*latest"', false],
    ['exec.args =~ "?s*"', false],
    ['exec.comm == r"ur"', true],
    ['exec.comm == r"^ur"', false],
    ['exec.comm =~ r"(?i)^CURL$"', true],
    ['exec.comm != r"x"', true],
    ['~"cu*" == exec.comm', true],
    ['"curl" == exec.comm', true],
    ['exec.comm == exec.file.name', true],
    ['exec.comm != exec.file.name', false],
    ['exec.tty_name == ""', true],
    ['exec.tty_name != ""', false],
    ['exec.cgroup.id == ""', true],
    ['"a" == "a"', true],
    ['"abc" =~ "a*"', true],
    ['exec.comm.length == 4', true],
  ])
  table('paths', EXEC, [
    ['exec.file.path =~ "/usr/*/curl"', true],
    ['exec.file.path =~ "/usr/*"', false],
    ['exec.file.path =~ "/usr/**"', true],
    ['exec.file.path =~ "/**"', true],
    ['exec.file.path =~ "*/bin/*"', true],
    ['exec.file.path == ~"/usr/bin/c*l"', true],
    ['exec.file.path =~ "/usr/bin/curl/**"', false],
    ['exec.file.path == "/usr/*/curl"', false],
    ['exec.file.path in ["/usr/bin/wget", ~"/usr/bin/**"]', true],
    ['exec.file.path not in [~"/opt/**", "/usr/bin/curl"]', false],
  ])
  table('a slash at the end leaves an empty last element', { exec: { file: { path: '/usr/' } } }, [
    ['exec.file.path =~ "/usr/*"', true],
    ['exec.file.path =~ "/usr/**"', false],
    ['exec.file.path =~ "/usr/"', true],
    ['exec.file.path =~ "/usr"', false],
  ])
  table('lists', EXEC, [
    ['exec.comm in ["wget", "curl"]', true],
    ['exec.comm in ["wget", "cur*"]', false],
    ['exec.comm in ["wget", ~"cur*"]', true],
    ['exec.comm in [r"^w", r"l$"]', true],
    ['exec.comm not in ["wget", ~"cur*"]', false],
    ['exec.comm not in ["wget"]', true],
    ['exec.comm allin ["wget", "curl"]', true],
    ['"curl" in ["wget", "curl"]', true],
    ['"x" not in ["wget"]', true],
  ])
  table('escapes are those of Go', { exec: { comm: 'A' } }, [
    [String.raw`"\101" == "A"`, true],
    [String.raw`"\x41\u0041\U00000041" == "AAA"`, true],
    [String.raw`"\303\251\xc3\xa9" == "éé"`, true],
    [String.raw`"a\tb" == "a\x09b"`, true],
    [String.raw`"\"" == "\x22"`, true],
    [String.raw`"C:\\Windows" == "C:\134Windows"`, true],
    [String.raw`"\1011" == "A1"`, true],
    [String.raw`exec.comm == ~"\101"`, false],
    [String.raw`exec.comm == r"\x41"`, true],
  ])
  table('names of hosts have no case', { dns: { question: { name: 'Metadata.Google.Internal' } } }, [
    ['dns.question.name == "metadata.google.internal"', true],
    ['dns.question.name =~ "*.GOOGLE.internal"', true],
    ['dns.question.name in ["x", ~"metadata.*"]', true],
    ['dns.question.name == r"^metadata"', true],
  ])
})

describe('arrays', () => {
  table('any value satisfies, a negation wants that none does', EXEC, [
    ['exec.argv == "-s"', true],
    ['exec.argv != "-s"', false],
    ['exec.argv != "-v"', true],
    ['exec.argv =~ "http://*"', true],
    ['exec.argv !~ "http://*"', false],
    ['exec.argv in ["-v", "-s"]', true],
    ['exec.argv not in ["-v"]', true],
    ['"-s" in exec.argv', true],
    ['"-v" not in exec.argv', true],
    ['~"http*" in exec.argv', true],
    ['r"^-.$" in exec.argv', true],
    ['exec.argv allin ["-s"]', true],
    ['exec.argv allin ["-v", ~"http*"]', true],
    ['exec.argv allin ["-v", "-x"]', false],
    ['exec.argv.length == 2', true],
    ['exec.envs == "X"', false],
    ['exec.envs != "X"', true],
    ['exec.envs in ["X"]', false],
    ['exec.envs not in ["X"]', true],
    ['exec.comm in exec.argv', false],
  ])

  const TREE = {
    process: {
      comm: 'curl',
      ancestors: [
        { comm: 'bash', pid: 30, tty_name: 'pts0', argv: ['-i'], is_thread: false },
        { comm: 'sshd', pid: 20, tty_name: '', argv: ['-D', '-e'], is_thread: true },
        { comm: 'systemd', pid: 1, tty_name: '', argv: [], is_thread: false },
      ],
    },
  }
  table('lists that are walked', TREE, [
    ['process.ancestors.comm == "sshd"', true],
    ['process.ancestors.comm != "sshd"', false],
    ['process.ancestors.comm in ["cron", ~"ssh*"]', true],
    ['process.ancestors.comm not in ["cron"]', true],
    ['process.ancestors.pid == 1', true],
    ['process.ancestors.pid > 29', true],
    ['process.ancestors.pid > 30', false],
    ['process.ancestors.pid < 2', true],
    ['25 < process.ancestors.pid', true],
    ['2 > process.ancestors.pid', true],
    ['1 in process.ancestors.pid', true],
    ['process.ancestors.pid in [1, 2]', true],
    ['process.ancestors.pid allin [1, 20, 30]', true],
    ['process.ancestors.pid allin [1]', true],
    ['process.ancestors.pid allin [2, 3]', false],
    ['process.ancestors.argv in ["-D"]', true],
    ['process.ancestors.is_thread == true', true],
    ['true in process.ancestors.is_thread', true],
    ['process.ancestors.length == 3', true],
    ['process.ancestors.comm.length == 7', true],
    ['process.ancestors[_].comm == "bash" && process.ancestors[_].pid == 1', true],
    ['process.ancestors.comm == "bash" && process.ancestors.tty_name == ""', true],
  ])
  table('registers hold one element for the whole rule', TREE, [
    ['process.ancestors[A].comm == "bash" && process.ancestors[A].tty_name != ""', true],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[A].tty_name != ""', false],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[A].argv in ["-D"] && process.ancestors[A].argv in ["-e"]', true],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[A].argv in ["-i"]', false],
    ['process.ancestors[A].comm != "bash" && process.ancestors[A].pid == 1', true],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[B].comm == "bash" && process.ancestors[A].pid < process.ancestors[B].pid', true],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[B].comm == "bash" && process.ancestors[A].pid > process.ancestors[B].pid', false],
    ['process.ancestors[A].comm == "nope" || process.comm == "curl"', true],
  ])
  table('an empty list satisfies no condition on an element', { process: { comm: 'init' } }, [
    ['process.ancestors.comm == "x"', false],
    ['process.ancestors.comm != "x"', true],
    ['process.ancestors[A].comm != "x"', false],
    ['process.ancestors[A].comm != "x" || process.comm == "init"', true],
    ['process.ancestors.length == 0', true],
  ])
})

describe('numbers', () => {
  table('bits, sums, signs', EXEC, [
    ['exec.file.mode & S_ISUID > 0', true],
    ['exec.file.mode & S_ISGID > 0', false],
    ['exec.file.mode & (S_ISUID|S_ISGID) > 0', true],
    ['6 & 3 | 8 == 2', true],
    ['8 & 12 | 3 == 8', true],
    ['exec.file.mode & 06000 == 2048', true],
    ['0777 == 511', true],
    ['-0777 == -511', true],
    ['+010 == 8', true],
    ['010 in [8]', true],
    ['010 == 10', false],
    ['00 == 0', true],
    ['0000000000000000000000000000000000017 == 15', true],
    ['0777777777777777777777 == 9223372036854775807', true],
    ['-01000000000000000000000 == -9223372036854775807 - 1', true],
    ['5 - 3 == 2', true],
    ['1 == 1 & 1', true],
    ['5 ^ 1 == 4', true],
    ['^0 == -1', true],
    ['- 3 == -3', true],
    ['1 + 2 - 3 + 4 == 4', true],
    ['1 + 2 == 5 - 2', true],
    ['CAP_CHECKPOINT_RESTORE & (CAP_CHECKPOINT_RESTORE + 1) == CAP_CHECKPOINT_RESTORE', true],
    ['exec.uid in [0, 1000]', true],
    ['exec.uid not in [1000]', true],
    ['exec.uid <= 0', true],
    ['0 >= exec.uid', true],
    ['exec.gid == 0', true],
    ['9223372036854775807 + 1 < 0', true],
    ['exec.uid + 9007199254740993 == 9007199254740993', true],
  ])
  table('truth', EXEC, [
    ['true', true],
    ['not true && false', false],
    ['not (true && false)', true],
    ['exec.is_thread', false],
    ['!exec.is_thread', true],
    ['exec.is_thread == false', true],
    ['exec.is_thread != false', false],
    ['(exec.uid == 0) == true', true],
    ['(exec.uid == 0) != (exec.comm == "curl")', false],
    ['exec.uid == 0 && exec.comm == "x" || true', true],
    ['exec.uid == 1 && exec.comm == "x" || true', false],
    ['true || false && false', true],
    ['(exec.comm == "curl") == true', true],
    ['true == 1 == 1', true],
  ])
  test('a comparison leans to the right: a == b == c compares a with the answer', () => {
    expect(answer('exec.is_thread == exec.uid == 1', EXEC)).toBe(true)
    expect(answer('exec.comm == exec.file.name == true', EXEC)).toBe('32: a string is compared with true or false')
  })
})

describe('time', () => {
  const TIMES = { process: { created_at: 'now-4s', parent: { created_at: 'now-1h' }, file: { modification_time: 1_789_999_990_000_000_000n } }, open: { opened_at: 'now-1s' }, exec: { uid: 7 } }
  table('ages are counted from the event', TIMES, [
    ['process.created_at < 5s', true],
    ['process.created_at <= 4s', true],
    ['process.created_at < 4s', false],
    ['process.created_at > 3999ms', true],
    ['5s > process.created_at', true],
    ['process.parent.created_at >= 60m', true],
    ['process.file.modification_time < 11s', true],
    ['process.file.modification_time < 9s', false],
    ['process.ancestors.created_at < 1h', false],
    ['open.opened_at - process.created_at == 3s', true],
    ['open.opened_at - process.created_at + 3s <= 6s', true],
    ['open.opened_at > process.created_at', true],
    ['process.created_at + 1s < 4s', true],
    ['10s + 40s == 50s', true],
    ['1m - 10s > 49s', true],
    ['exec.created_at < 5s', false],
  ])
  test('a replay years later answers the same', () => {
    const needs = { process: { created_at: 1_600_000_000_000_000_000n } }
    expect(answer('process.created_at < 5s', needs, { now: 1_600_000_004_000_000_000n })).toBe(true)
    expect(answer('process.created_at < 5s', needs)).toBe(false)
  })
})

describe('addresses and networks', () => {
  const NET = { network: { ip: '192.168.0.1', ips: ['192.168.0.1', '192.169.0.1'], cidr: '192.168.0.1/24', cidrs: ['192.168.0.1/24', '10.0.0.1/16'] }, connect: { addr: { ip: 'fd00:ec2::254' } } }
  table('membership', NET, [
    ['network.ip == 192.168.0.1', true],
    ['network.ip == ::ffff:192.168.0.1', true],
    ['network.ip == 192.168.0.0/16', true],
    ['network.ip != 192.168.0.2', true],
    ['192.168.0.1 == network.ip', true],
    ['network.ip in 192.168.99.99/16', true],
    ['network.ip in ::1/0', false],
    ['network.ip in ::ffff:192.168.0.0/112', true],
    ['network.ip in [10.0.0.1, 192.168.0.0/24]', true],
    ['network.ip not in [10.0.0.1]', true],
    ['network.ip in network.ips', true],
    ['network.cidr in network.cidrs', true],
    ['192.168.0.1 in network.ips', true],
    ['network.ips == network.ip', true],
    ['network.ips in 192.169.0.0/16', true],
    ['network.ips allin 192.169.0.0/16', false],
    ['network.ips allin 192.160.0.0/12', true],
    ['network.ips allin [192.0.0.0/8, 192.168.0.0/16]', false],
    ['network.cidr in 192.168.0.0/8', true],
    ['192.168.0.0/16 in network.cidrs', true],
    ['network.cidrs not in [172.16.0.0/12]', true],
    ['connect.addr.ip == fd00:ec2::254', true],
    ['connect.addr.ip in fd00:ec2::/32', true],
    ['connect.addr.ip in 0.0.0.0/0', false],
    ['connect.addr.ip in [169.254.169.254, fd00:ec2::254]', true],
    ['connect.server.addr.ip in 0.0.0.0/0', false],
    ['connect.server.addr.ip == 0.0.0.0', false],
  ])
})

describe('macros and variables', () => {
  const macros = { TOOLS: '["wget", ~"cur*"]', ROOT: 'exec.uid == 0', BOTH: 'exec.comm in TOOLS && ROOT', FLAGS: 'S_ISUID|S_ISGID', NETS: '[10.0.0.0/8, 169.254.0.0/16]', LOOP: 'LOOP2', LOOP2: '!LOOP', BAD: 'exec.comm = 3', FLAG_LIST: '["-s", "-v"]' }
  table('macros', EXEC, [
    ['exec.comm in TOOLS', true],
    ['exec.comm not in TOOLS', false],
    ['BOTH', true],
    ['BOTH && ROOT && exec.file.mode & FLAGS > 0', true],
    ['TOOLS in exec.argv', false],
    ['FLAG_LIST in exec.argv', true],
    ['FLAG_LIST allin exec.argv', true],
    ['10.1.1.1 in NETS', true],
  ], { macros })
  test.each([
    ['LOOP', '1: in macro [LOOP2]: the macro [LOOP] uses itself'],
    ['exec.uid == 0 && BAD', '18: in macro [BAD]: SECL has no [=]; write [==]'],
    ['exec.comm == TOOLS', '14: [TOOLS] is a list; ask with [in] whether it holds a value'],
    ['exec.uid in TOOLS', '13: a number is looked for in an array of strings'],
    ['TOOLSS && true', '1: unknown field, macro or constant [TOOLSS], did you mean [TOOLS]?'],
  ])('%s is refused', (expr, message) => {
    expect(answer(expr, EXEC, { macros })).toBe(message)
  })
  test('macros that double with every level meet a cap', () => {
    const doubling = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`M${i}`, i === 0 ? 'exec.uid == 0' : `M${i - 1} || M${i - 1}`]))
    expect(answer('M59', EXEC, { macros: doubling })).toMatch(/more than 20000 parts$/)
  })

  const variables = { 'name': 'curl', 'port': 80, 'cgroup.seen': ['a', 'curl'], 'process.flag': true, 'pids': [1, 2], 'none': [] }
  table('variables', { ...EXEC, process: { pid: 42, comm: 'curl' } }, [
    ['exec.comm == ${name}', true],
    ['exec.comm != "${name}"', false],
    ['exec.comm in ${cgroup.seen}', true],
    ['exec.comm not in ${none}', true],
    ['${port} == 80', true],
    ['${process.flag}', true],
    ['${process.flag} == true', true],
    ['${name} in ["x", ~"c*"]', true],
    ['${process.pid} == 42', true],
    ['"/proc/${process.pid}/x${port}" == "/proc/42/x80"', true],
    ['"${pids}" == "1,2"', true],
    ['exec.comm == "${name"', false],
    ['exec.comm in ["no", "${name}"]', true],
  ], { variables })
  test('an unknown variable is refused', () => {
    expect(answer('exec.comm == ${nam}', EXEC, { variables })).toBe('14: the variable [nam] does not exist, did you mean [name]?')
  })
})
