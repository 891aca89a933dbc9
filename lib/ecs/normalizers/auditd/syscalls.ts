/** Names of the system calls that say something about processes, users, files and the network, by architecture. */

type Table = ReadonlyMap<number, string>

function table(text: string): Table {
  const pairs = text.trim().split(/\s+/).map((pair): [number, string] => {
    const at = pair.indexOf(':')
    return [Number(pair.slice(0, at)), pair.slice(at + 1)]
  })
  return new Map(pairs)
}

const X86_64 = table(`0:read 1:write 2:open 3:close 41:socket 42:connect 43:accept 44:sendto 45:recvfrom 46:sendmsg 47:recvmsg
  48:shutdown 49:bind 50:listen 51:getsockname 52:getpeername 56:clone 57:fork 58:vfork 59:execve 60:exit 62:kill 76:truncate 77:ftruncate 82:rename 83:mkdir
  84:rmdir 85:creat 86:link 87:unlink 88:symlink 90:chmod 91:fchmod 92:chown 93:fchown 94:lchown 101:ptrace 105:setuid 106:setgid
  113:setreuid 114:setregid 117:setresuid 119:setresgid 122:setfsuid 123:setfsgid 126:capset 133:mknod 155:pivot_root 157:prctl
  159:adjtimex 161:chroot 164:settimeofday 165:mount 166:umount2 170:sethostname 175:init_module 176:delete_module 188:setxattr
  189:lsetxattr 190:fsetxattr 197:removexattr 198:lremovexattr 199:fremovexattr 200:tkill 227:clock_settime 231:exit_group
  234:tgkill 246:kexec_load 248:add_key 250:keyctl 257:openat 258:mkdirat 259:mknodat 260:fchownat 263:unlinkat 264:renameat
  265:linkat 266:symlinkat 268:fchmodat 272:unshare 288:accept4 298:perf_event_open 299:recvmmsg 304:open_by_handle_at
  305:clock_adjtime 307:sendmmsg 308:setns 310:process_vm_readv 311:process_vm_writev 313:finit_module 316:renameat2 317:seccomp
  319:memfd_create 320:kexec_file_load 321:bpf 322:execveat 323:userfaultfd 425:io_uring_setup 426:io_uring_enter
  427:io_uring_register 434:pidfd_open 435:clone3 437:openat2 438:pidfd_getfd`)

const AARCH64 = table(`5:setxattr 6:lsetxattr 7:fsetxattr 14:removexattr 15:lremovexattr 16:fremovexattr 33:mknodat 34:mkdirat
  35:unlinkat 36:symlinkat 37:linkat 38:renameat 39:umount2 40:mount 41:pivot_root 45:truncate 46:ftruncate 51:chroot 52:fchmod
  53:fchmodat 54:fchownat 55:fchown 56:openat 57:close 63:read 64:write 91:capset 93:exit 94:exit_group 97:unshare
  104:kexec_load 105:init_module 106:delete_module 112:clock_settime 117:ptrace 129:kill 130:tkill 131:tgkill 143:setregid
  144:setgid 145:setreuid 146:setuid 147:setresuid 149:setresgid 151:setfsuid 152:setfsgid 161:sethostname 167:prctl
  170:settimeofday 171:adjtimex 198:socket 200:bind 201:listen 202:accept 203:connect 204:getsockname 205:getpeername 206:sendto 207:recvfrom 210:shutdown
  211:sendmsg 212:recvmsg 217:add_key 219:keyctl 220:clone 221:execve 241:perf_event_open 242:accept4 243:recvmmsg
  265:open_by_handle_at 266:clock_adjtime 268:setns 269:sendmmsg 270:process_vm_readv 271:process_vm_writev 273:finit_module
  276:renameat2 277:seccomp 279:memfd_create 280:bpf 281:execveat 282:userfaultfd 294:kexec_file_load 425:io_uring_setup
  426:io_uring_enter 427:io_uring_register 434:pidfd_open 435:clone3 437:openat2 438:pidfd_getfd`)

/** 32-bit programs on the same machines: the few calls by which one starts a program or reaches the network. */
const I386 = table(`1:exit 2:fork 3:read 4:write 5:open 11:execve 26:ptrace 37:kill 102:socketcall 120:clone 190:vfork 252:exit_group 295:openat
  358:execveat 359:socket 361:bind 362:connect 363:listen 364:accept4 369:sendto 370:sendmsg 371:recvfrom 435:clone3`)
const ARM = table(`1:exit 2:fork 3:read 4:write 5:open 11:execve 26:ptrace 37:kill 120:clone 190:vfork 248:exit_group 281:socket 282:bind 283:connect
  284:listen 285:accept 290:sendto 296:sendmsg 322:openat 366:accept4 387:execveat 435:clone3`)

const ARCHITECTURES: ReadonlyMap<string, { readonly name: string; readonly table: Table }> = new Map([
  ['c000003e', { name: 'x86_64', table: X86_64 }],
  ['c00000b7', { name: 'aarch64', table: AARCH64 }],
  ['40000003', { name: 'i386', table: I386 }],
  ['40000028', { name: 'arm', table: ARM }],
  ['80000015', { name: 'ppc64', table: new Map() }],
  ['c0000015', { name: 'ppc64le', table: new Map() }],
  ['80000016', { name: 's390x', table: new Map() }],
  ['c00000f3', { name: 'riscv64', table: AARCH64 }],
])

/** socketcall's first argument, where 32-bit x86 has one call for all of them. */
const SOCKET_CALLS: ReadonlyMap<string, string> = new Map([
  ['1', 'socket'],
  ['2', 'bind'],
  ['3', 'connect'],
  ['4', 'listen'],
  ['5', 'accept'],
  ['b', 'sendto'],
  ['10', 'sendmsg'],
  ['12', 'accept4'],
])

/** What io_uring does in place of a system call of that name. */
const URING_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['9', 'sendmsg'],
  ['13', 'accept'],
  ['16', 'connect'],
  ['18', 'openat'],
  ['28', 'openat2'],
])

/** The architecture's name for the number in `arch=`; an unknown one is its own name. */
export function architectureName(arch: string): string {
  return ARCHITECTURES.get(arch.toLowerCase())?.name ?? arch
}

/** The call's name, undefined for one that is not in the table. */
export function syscallName(arch: string, number: string, firstArgument: string | undefined): string | undefined {
  const name = /^\d{1,6}$/.test(number) ? ARCHITECTURES.get(arch.toLowerCase())?.table.get(Number(number)) : undefined
  return name === 'socketcall' ? (SOCKET_CALLS.get(firstArgument ?? '') ?? name) : name
}

export function uringOperation(number: string): string | undefined {
  return URING_OPERATIONS.get(number)
}
