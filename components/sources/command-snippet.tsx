import { CopyButton } from '@/components/ui/copy-button'
import classes from './command-snippet.module.css'

/** A command of ours to run in a shell, with a button that copies it. */
export function CommandSnippet({ label, command }: { label: string; command: string }) {
  return (
    <div className={classes.snippet}>
      <p className={classes.label}>{label}</p>
      <div className={classes.frame}>
        <pre className={classes.command}>
          <code>{command}</code>
        </pre>
        <CopyButton value={command} label={`Copy the command: ${label}`} />
      </div>
    </div>
  )
}
