import { imdsFacts } from '@/lib/ecs/imds'
import { metadataHost } from '@/lib/ecs/metadata-address'
import type { EcsEvent } from '@/lib/ecs/event'

const WRITABLE = ['/tmp', '/var/tmp', '/dev/shm']
const WEB_SERVERS = /^(?:nginx|apache2?|httpd|caddy|lighttpd|haproxy|php-fpm[\d.]*|php-cgi[\d.]*|uwsgi|gunicorn|unicorn|puma|tomcat\d*|catalina|jsvc|passenger\S*)$/
const SHELLS = /^(?:sh|bash|dash|ash|zsh|ksh\d*|mksh|fish|csh|tcsh|busybox)$/
const KERNEL_THREADS = /^\[?(?:kworker|kthreadd|ksoftirqd|kswapd|migration|rcu_|irq\/|kauditd|khugepaged)/

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function writableDirectory(path: string): string | null {
  const found = WRITABLE.find((directory) => path === directory || path.startsWith(`${directory}/`))
  return found ? `Under ${found}, where every user can write.` : null
}

function parentKind(value: string): string | null {
  const name = baseName(value)
  if (WEB_SERVERS.test(name)) return 'A web server: what runs below it may have come in with a request.'
  return SHELLS.test(name) ? 'A shell: look at what else it ran, and who started it.' : null
}

function requestKind(event: EcsEvent): string | null {
  const facts = imdsFacts(event)
  if (facts?.pathClass === 'credentials') return facts.role === null ? 'Asks for role credentials.' : `Asks for the credentials of ${facts.role}.`
  if (facts?.pathClass === 'user_data') return 'Asks for the user data, which often holds secrets.'
  if (facts?.pathClass === 'token') return 'Asks for a session token of the metadata service.'
  return null
}

/**
 * Why a value of a field deserves a second look, in a sentence; null when nothing about it stands out. Known facts only:
 * no score and no verdict, those are the analyst's.
 */
export function suspicionOf(field: string, value: string, event: EcsEvent): string | null {
  switch (field) {
    case 'process.executable':
    case 'process.working_directory':
      if (value.startsWith('./')) return 'Started by a relative path.'
      return writableDirectory(value)
    case 'process.parent.executable':
      return writableDirectory(value) ?? parentKind(value)
    case 'process.parent.name':
      return parentKind(value)
    case 'process.name':
      return KERNEL_THREADS.test(value) ? 'Named like a kernel thread, but a program.' : null
    case 'process.command_line':
    case 'process.args':
      return requestKind(event)
    case 'destination.ip':
    case 'destination.address':
    case 'destination.domain':
      return metadataHost(value) === null ? null : 'A metadata service: it hands out credentials.'
    default:
      return null
  }
}
