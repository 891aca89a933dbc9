import { ADDRESS, CGROUP, CONTAINER, ENDPOINT, FILE, PROCESS, PROCESS_TREE } from './field-groups'
import type { Group } from './field-groups'

const PATH_CALL: Group = { file: FILE, retval: 'int', syscall: { path: 'text' } }
const DESTINATION: Group = { ...PATH_CALL, file: { ...FILE, destination: FILE }, syscall: { destination: { path: 'text' }, path: 'text' } }
const XATTR: Group = { file: { ...FILE, destination: { name: 'text', namespace: 'text' } }, retval: 'int' }
const CAPABILITY_SET: Group = { cap_effective: 'int', cap_permitted: 'int' }
const FLOW: Group = { destination: ENDPOINT, source: ENDPOINT, l3_protocol: 'int', l4_protocol: 'int' }

/** What any rule may read, whatever its event type. */
export const CONTEXT_FIELDS: Group = {
  cgroup: CGROUP,
  container: CONTAINER,
  event: { async: 'bool', hostname: 'text', origin: 'text', os: 'text', rule: { tags: 'text[]' }, service: 'text', signature: 'text', source: 'text', timestamp: 'instant' },
  network: {
    destination: ENDPOINT,
    device: { ifname: 'text' },
    l3_protocol: 'int',
    l4_protocol: 'int',
    network_direction: 'int',
    size: 'int',
    source: ENDPOINT,
    type: 'int',
  },
  process: PROCESS_TREE,
}

/** Every event type of Linux with the fields that are its own; a rule reads those of one type. */
export const EVENT_FIELDS: Readonly<Record<string, Group>> = {
  accept: { addr: ADDRESS, retval: 'int' },
  bind: { addr: ADDRESS, protocol: 'int', retval: 'int' },
  bpf: {
    cmd: 'int',
    map: { name: 'text', type: 'int' },
    prog: { attach_type: 'int', helpers: 'int[]', name: 'text', tag: 'text', type: 'int' },
    retval: 'int',
  },
  capabilities: { attempted: 'int', used: 'int' },
  capset: CAPABILITY_SET,
  cgroup_write: { file: FILE, pid: 'int' },
  chdir: PATH_CALL,
  chmod: { ...PATH_CALL, file: { ...FILE, destination: { mode: 'int', rights: 'int' } }, syscall: { mode: 'int', path: 'text' } },
  chown: {
    ...PATH_CALL,
    file: { ...FILE, destination: { gid: 'int', group: 'text', uid: 'int', user: 'text' } },
    syscall: { gid: 'int', path: 'text', uid: 'int' },
  },
  connect: { addr: ADDRESS, protocol: 'int', retval: 'int', server: { addr: ADDRESS } },
  dns: {
    id: 'int',
    question: { class: 'int', count: 'int', length: 'int', name: 'name', type: 'int' },
    response: { code: 'int' },
  },
  exec: PROCESS,
  exit: { ...PROCESS, cause: 'int', code: 'int' },
  fim: { write: { file: FILE } },
  imds: {
    aws: { is_imds_v2: 'bool', security_credentials: { type: 'text' } },
    cloud_provider: 'text',
    host: 'text',
    server: 'text',
    type: 'text',
    url: 'text',
    user_agent: 'text',
  },
  link: DESTINATION,
  load_module: { args: 'text', args_truncated: 'bool', argv: 'text[]', file: FILE, loaded_from_memory: 'bool', name: 'text', retval: 'int' },
  login_uid_write: { auid: 'int' },
  mkdir: { ...PATH_CALL, file: { ...FILE, destination: { mode: 'int', rights: 'int' } } },
  mmap: { file: FILE, flags: 'int', protection: 'int', retval: 'int' },
  mount: {
    detached: 'bool',
    fs_type: 'text',
    mountpoint: { path: 'path' },
    retval: 'int',
    root: { path: 'path' },
    source: { path: 'path' },
    syscall: { fs_type: 'text', mountpoint: { path: 'text' }, source: { path: 'text' } },
    visible: 'bool',
  },
  mprotect: { req_protection: 'int', retval: 'int', vm_protection: 'int' },
  network_flow_monitor: { device: { ifname: 'text' }, flows: { each: { ...FLOW, egress: { data_size: 'int', packet_count: 'int' }, ingress: { data_size: 'int', packet_count: 'int' } } } },
  ondemand: { arg1: { str: 'text', uint: 'int' }, arg2: { str: 'text', uint: 'int' }, arg3: { str: 'text', uint: 'int' }, arg4: { str: 'text', uint: 'int' }, name: 'text' },
  open: { ...PATH_CALL, file: { ...FILE, destination: { mode: 'int' } }, flags: 'int', syscall: { flags: 'int', mode: 'int', path: 'text' } },
  packet: { ...FLOW, device: { ifname: 'text' }, filter: 'text', network_direction: 'int', size: 'int', tls: { version: 'int' }, type: 'int' },
  prctl: { is_name_truncated: 'bool', new_name: 'text', option: 'int', retval: 'int' },
  ptrace: { request: 'int', retval: 'int', tracee: PROCESS_TREE },
  removexattr: XATTR,
  rename: DESTINATION,
  rmdir: PATH_CALL,
  selinux: { bool: { name: 'text', state: 'text' }, bool_commit: { state: 'bool' }, enforce: { status: 'text' } },
  setgid: { egid: 'int', egroup: 'text', fsgid: 'int', fsgroup: 'text', gid: 'int', group: 'text' },
  setrlimit: { resource: 'int', retval: 'int', rlim_cur: 'int', rlim_max: 'int', target: PROCESS_TREE },
  setsockopt: { filter_hash: 'text', filter_instructions: 'text', filter_len: 'int', is_filter_truncated: 'bool', level: 'int', optname: 'int', retval: 'int', socket_family: 'int', socket_protocol: 'int', socket_type: 'int', used_immediates: 'int[]' },
  setuid: { euid: 'int', euser: 'text', fsuid: 'int', fsuser: 'text', uid: 'int', user: 'text' },
  setxattr: XATTR,
  signal: { pid: 'int', retval: 'int', target: PROCESS_TREE, type: 'int' },
  splice: { file: FILE, pipe_entry_flag: 'int', pipe_exit_flag: 'int', retval: 'int' },
  sysctl: { action: 'int', file_position: 'int', name: 'text', name_truncated: 'bool', old_value: 'text', old_value_truncated: 'bool', value: 'text', value_truncated: 'bool' },
  tracer_memfd_seal: { fd: 'int' },
  unlink: { ...PATH_CALL, flags: 'int', syscall: { dirfd: 'int', flags: 'int', path: 'text' } },
  unload_module: { name: 'text', retval: 'int' },
  utimes: PATH_CALL,
}

const WINDOWS_FILE: Group = { device_path: 'winpath', extension: 'name', name: 'name', path: 'winpath' }
const REGISTRY: Group = { registry: { key_name: 'name', key_path: 'name', value_name: 'name' }, value_name: 'name' }

/** Event types and fields of Windows: rules that read them are understood, and never collected here. */
export const WINDOWS_FIELDS: Readonly<Record<string, Group>> = {
  change_permission: { new_sd: 'text', old_sd: 'text', path: 'winpath', type: 'text', user_domain: 'text', username: 'text' },
  create: { file: WINDOWS_FILE },
  create_key: REGISTRY,
  delete: { file: WINDOWS_FILE },
  delete_key: REGISTRY,
  exec: { cmdline: 'name', user_sid: 'text' },
  open_key: REGISTRY,
  process: { cmdline: 'name', user_sid: 'text' },
  set: { ...REGISTRY, set_registry: { registry: { value_name: 'name' } } },
  set_key_value: REGISTRY,
  write: { file: WINDOWS_FILE },
}
