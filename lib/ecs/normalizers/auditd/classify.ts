/** ECS category and type of what audit reports, and the action by which rules know it. */

export interface Classification {
  readonly action: string
  readonly category?: readonly string[]
  readonly type?: readonly string[]
}

type Kind = readonly [category: string, type: string]

const CALLS: Readonly<Record<string, Kind>> = {
  bind: ['network', 'info'],
  listen: ['network', 'info'],
  accept: ['network', 'connection'],
  accept4: ['network', 'connection'],
  sendto: ['network', 'info'],
  sendmsg: ['network', 'info'],
  sendmmsg: ['network', 'info'],
  recvfrom: ['network', 'info'],
  socket: ['network', 'info'],
  kill: ['process', 'info'],
  tkill: ['process', 'info'],
  tgkill: ['process', 'info'],
  ptrace: ['process', 'access'],
  prctl: ['process', 'change'],
  setuid: ['process', 'change'],
  setgid: ['process', 'change'],
  setreuid: ['process', 'change'],
  setresuid: ['process', 'change'],
  setregid: ['process', 'change'],
  setresgid: ['process', 'change'],
  open: ['file', 'access'],
  openat: ['file', 'access'],
  openat2: ['file', 'access'],
  creat: ['file', 'creation'],
  link: ['file', 'creation'],
  linkat: ['file', 'creation'],
  symlink: ['file', 'creation'],
  symlinkat: ['file', 'creation'],
  mkdir: ['file', 'creation'],
  mkdirat: ['file', 'creation'],
  mknod: ['file', 'creation'],
  mknodat: ['file', 'creation'],
  rename: ['file', 'change'],
  renameat: ['file', 'change'],
  renameat2: ['file', 'change'],
  truncate: ['file', 'change'],
  ftruncate: ['file', 'change'],
  chmod: ['file', 'change'],
  fchmod: ['file', 'change'],
  fchmodat: ['file', 'change'],
  chown: ['file', 'change'],
  fchown: ['file', 'change'],
  lchown: ['file', 'change'],
  fchownat: ['file', 'change'],
  setxattr: ['file', 'change'],
  lsetxattr: ['file', 'change'],
  fsetxattr: ['file', 'change'],
  unlink: ['file', 'deletion'],
  unlinkat: ['file', 'deletion'],
  rmdir: ['file', 'deletion'],
  init_module: ['driver', 'start'],
  finit_module: ['driver', 'start'],
  delete_module: ['driver', 'end'],
  adjtimex: ['host', 'change'],
  clock_adjtime: ['host', 'change'],
  clock_settime: ['host', 'change'],
  settimeofday: ['host', 'change'],
  sethostname: ['host', 'change'],
}

const NOTICES: Readonly<Record<string, Kind>> = {
  USER_AUTH: ['authentication', 'info'],
  USER_ACCT: ['authentication', 'info'],
  USER_LOGIN: ['authentication', 'start'],
  USER_LOGOUT: ['authentication', 'end'],
  LOGIN: ['authentication', 'start'],
  CRED_ACQ: ['authentication', 'info'],
  CRED_DISP: ['authentication', 'info'],
  CRED_REFR: ['authentication', 'info'],
  USER_ERR: ['authentication', 'info'],
  USER_START: ['session', 'start'],
  USER_END: ['session', 'end'],
  USER_CMD: ['process', 'info'],
  ADD_USER: ['iam', 'creation'],
  DEL_USER: ['iam', 'deletion'],
  ADD_GROUP: ['iam', 'creation'],
  DEL_GROUP: ['iam', 'deletion'],
  USER_MGMT: ['iam', 'change'],
  GRP_MGMT: ['iam', 'change'],
  USER_CHAUTHTOK: ['iam', 'change'],
  ACCT_LOCK: ['iam', 'change'],
  ACCT_UNLOCK: ['iam', 'change'],
  SERVICE_START: ['process', 'info'],
  SERVICE_STOP: ['process', 'info'],
  ANOM_ABEND: ['process', 'info'],
  SECCOMP: ['process', 'info'],
  TIME_ADJNTPVAL: ['host', 'change'],
  TIME_INJOFFSET: ['host', 'change'],
  SYSTEM_BOOT: ['host', 'start'],
  SYSTEM_SHUTDOWN: ['host', 'end'],
  SYSTEM_RUNLEVEL: ['host', 'change'],
  CONFIG_CHANGE: ['configuration', 'change'],
  DAEMON_START: ['configuration', 'start'],
  DAEMON_END: ['configuration', 'end'],
  DAEMON_ABORT: ['configuration', 'end'],
  DAEMON_CONFIG: ['configuration', 'change'],
  KERN_MODULE: ['driver', 'start'],
  NETFILTER_CFG: ['configuration', 'change'],
  MAC_CONFIG_CHANGE: ['configuration', 'change'],
  MAC_STATUS: ['configuration', 'change'],
}

function classified(action: string, kind: Kind | undefined): Classification {
  return kind ? { action, category: [kind[0]], type: [kind[1]] } : { action }
}

/** A system call that is none of those a process's life and its connections are told by. */
export function classifyCall(operation: string): Classification {
  return classified(operation, Object.hasOwn(CALLS, operation) ? CALLS[operation] : undefined)
}

/** A record of its own kind: a login, a service, a change of the rules. The action is its type in lower case. */
export function classifyNotice(type: string): Classification {
  return classified(type.toLowerCase(), Object.hasOwn(NOTICES, type) ? NOTICES[type] : undefined)
}
