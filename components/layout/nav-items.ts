import {
  IconAlertTriangle,
  IconBriefcase2,
  IconDatabaseImport,
  IconFilterOff,
  IconLayoutDashboard,
  IconScript,
  IconSettings,
  type Icon,
} from '@tabler/icons-react'

/** One place of the console: `key` also names its count beside the label. */
export interface NavItem {
  readonly key: NavKey
  readonly href: string
  readonly label: string
  readonly icon: Icon
  /** The letter after `g`. */
  readonly letter: string
}

export type NavKey = 'overview' | 'alerts' | 'cases' | 'exceptions' | 'rules' | 'sources' | 'settings'

/** Numbers beside the items, such as the open alerts. What is absent or zero shows nothing. */
export type NavCounts = Partial<Record<NavKey, number>>

export const NAV_ITEMS: readonly NavItem[] = [
  { key: 'overview', href: '/', label: 'Overview', icon: IconLayoutDashboard, letter: 'o' },
  { key: 'alerts', href: '/alerts', label: 'Alerts', icon: IconAlertTriangle, letter: 'a' },
  { key: 'cases', href: '/cases', label: 'Cases', icon: IconBriefcase2, letter: 'c' },
  { key: 'exceptions', href: '/exceptions', label: 'Exceptions', icon: IconFilterOff, letter: 'x' },
  { key: 'rules', href: '/rules', label: 'Rules', icon: IconScript, letter: 'r' },
  { key: 'sources', href: '/sources', label: 'Sources', icon: IconDatabaseImport, letter: 's' },
  { key: 'settings', href: '/settings', label: 'Settings', icon: IconSettings, letter: 't' },
]

/** Whether an item stands for the page at `pathname`: itself or what lies below it; the overview only itself. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
}
