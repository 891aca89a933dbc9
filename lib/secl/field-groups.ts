import type { TypeCode } from './field-type'

/** Fields that stand under many names: a process has them, and so has every event with a process of its own. */
export type Group = { readonly [name: string]: TypeCode | Group | Each }

/** A list that is walked element by element: `process.ancestors.comm` is the comm of every ancestor. */
export interface Each {
  readonly each: Group
}

export function each(group: Group): Each {
  return { each: group }
}

export function isEach(node: TypeCode | Group | Each): node is Each {
  return typeof node === 'object' && typeof node['each'] === 'object'
}

const PACKAGE: Group = { name: 'text', epoch: 'int', release: 'text', source_epoch: 'int', source_release: 'text', source_version: 'text', version: 'text' }

export const FILE: Group = {
  change_time: 'instant',
  extension: 'text',
  filesystem: 'text',
  gid: 'int',
  group: 'text',
  hashes: 'text[]',
  in_upper_layer: 'bool',
  inode: 'int',
  metadata: {
    abi: 'int',
    architecture: 'int',
    compression: 'int',
    is_executable: 'bool',
    is_garble_obfuscated: 'bool',
    is_upx_packed: 'bool',
    linkage: 'int',
    type: 'int',
  },
  mode: 'int',
  modification_time: 'instant',
  mount_detached: 'bool',
  mount_id: 'int',
  mount_visible: 'bool',
  name: 'text',
  package: PACKAGE,
  path: 'path',
  rights: 'int',
  uid: 'int',
  user: 'text',
}

export const CGROUP: Group = { file: { inode: 'int', mount_id: 'int' }, id: 'text', manager: 'text', version: 'int' }
export const CONTAINER: Group = { created_at: 'instant', id: 'text', runtime: 'text', tags: 'text[]' }

const USER_SESSION: Group = {
  id: 'text',
  identity: 'text',
  k8s_groups: 'text[]',
  k8s_session_id: 'int',
  k8s_uid: 'text',
  k8s_username: 'text',
  session_type: 'int',
  ssh_auth_method: 'int',
  ssh_client_ip: 'ip',
  ssh_client_port: 'int',
  ssh_public_key: 'text',
  ssh_session_id: 'int',
}

export const PROCESS: Group = {
  args: 'text',
  args_flags: 'text[]',
  args_options: 'text[]',
  args_truncated: 'bool',
  argv: 'text[]',
  argv0: 'text',
  auid: 'int',
  cap_effective: 'int',
  cap_permitted: 'int',
  caps_attempted: 'int',
  caps_used: 'int',
  cgroup: CGROUP,
  comm: 'text',
  container: CONTAINER,
  created_at: 'instant',
  egid: 'int',
  egroup: 'text',
  envp: 'text[]',
  envs: 'text[]',
  envs_truncated: 'bool',
  euid: 'int',
  euser: 'text',
  file: FILE,
  fsgid: 'int',
  fsgroup: 'text',
  fsuid: 'int',
  fsuser: 'text',
  gid: 'int',
  group: 'text',
  interpreter: { file: FILE },
  is_exec: 'bool',
  is_kworker: 'bool',
  is_thread: 'bool',
  mntns: 'int',
  netns: 'int',
  pid: 'int',
  ppid: 'int',
  syscall: { path: 'text' },
  tid: 'int',
  tty_name: 'text',
  uid: 'int',
  user: 'text',
  user_session: USER_SESSION,
}

/** A process with its parent and its ancestors. */
export const PROCESS_TREE: Group = { ...PROCESS, ancestors: each(PROCESS), parent: PROCESS }

export const ADDRESS: Group = { family: 'int', hostname: 'name[]', ip: 'ip', is_public: 'bool', port: 'int' }
export const ENDPOINT: Group = { ip: 'ip', is_public: 'bool', port: 'int' }
