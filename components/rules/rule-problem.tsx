import { IconAlertTriangle } from '@tabler/icons-react'
import classes from './rule-runs.module.css'

/** Says that a rule does not run, and why. */
export function RuleProblem({ message }: { message: string | null }) {
  if (message === null) return null
  return (
    <p className={classes.problem} role="note">
      <IconAlertTriangle size={16} stroke={1.8} aria-hidden /> This rule does not run. {message}
    </p>
  )
}
