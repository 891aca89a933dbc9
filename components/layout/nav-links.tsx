'use client'

import { Tooltip } from '@mantine/core'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { isCurrent, NAV_ITEMS, type NavCounts } from '@/components/layout/nav-items'
import classes from './nav-links.module.css'

const countFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** The list of places. Collapsed it shows icons, whose names remain as tooltip and for screen readers. */
export function NavLinks({ counts, collapsed, onNavigate }: { counts: NavCounts; collapsed: boolean; onNavigate: () => void }) {
  const pathname = usePathname()
  return (
    <ul className={classes.list} data-collapsed={collapsed || undefined}>
      {NAV_ITEMS.map((item) => {
        const current = isCurrent(item.href, pathname)
        const count = counts[item.key] ?? 0
        return (
          <li key={item.key}>
            <Tooltip label={item.label} position="right" disabled={!collapsed} openDelay={150}>
              <Link href={item.href} className={classes.link} aria-current={current ? 'page' : undefined} onClick={onNavigate}>
                <item.icon size={18} stroke={1.7} aria-hidden />
                <span className={classes.label}>{item.label}</span>
                {count > 0 && (
                  <span className={classes.count}>
                    {countFormat.format(count)}
                    <span className="visually-hidden"> open</span>
                  </span>
                )}
              </Link>
            </Tooltip>
          </li>
        )
      })}
    </ul>
  )
}
