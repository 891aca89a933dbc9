import { Button } from '@mantine/core'
import { Badge } from '@/components/ui/badge'
import { Mono } from '@/components/ui/machine-text/mono'
import { Timestamp } from '@/components/ui/timestamp'
import type { PushTokenRecord } from '@/lib/ingest/schema'
import classes from './plain-table.module.css'

interface PushTokenTableProps {
  readonly tokens: readonly PushTokenRecord[]
  readonly onRevoke: (token: PushTokenRecord) => void
}

/** The push tokens: who made them, when they were last used, and the button that ends them. */
export function PushTokenTable({ tokens, onRevoke }: PushTokenTableProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col" className={classes.wide}>
              Begins with
            </th>
            <th scope="col" className={classes.wide}>
              Created by
            </th>
            <th scope="col" className={classes.medium}>
              Created
            </th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td className={classes.name}>
                <Mono overflow="clip" dimmed={token.revokedAt !== null}>
                  {token.name}
                </Mono>
              </td>
              <td className={classes.wide}>
                <Mono dimmed>{token.prefix}</Mono>
              </td>
              <td className={classes.wide}>{token.createdBy}</td>
              <td className={classes.medium}>
                <Timestamp value={token.createdAt} />
              </td>
              <td>{token.lastUsedAt === null ? <span className={classes.quiet}>never</span> : <Timestamp value={token.lastUsedAt} />}</td>
              <td className={classes.number}>
                {token.revokedAt === null ? (
                  <Button size="compact-xs" variant="default" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
                    Revoke
                  </Button>
                ) : (
                  <Badge tone="neutral" variant="plain">
                    Revoked
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
