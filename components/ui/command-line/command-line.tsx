'use client'

import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy, IconEye, IconEyeOff, IconTextWrap, IconTextWrapDisabled } from '@tabler/icons-react'
import { useState } from 'react'
import { commandParts } from '@/components/ui/command-line/command-parts'
import { defang, shellLine } from '@/components/ui/command-line/copied-forms'
import { decodedWords } from '@/components/ui/command-line/decoded-words'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { MASK, maskSecrets } from '@/lib/text/secrets'
import classes from './command-line.module.css'

const SHOWN = 20_000

interface CommandLineProps {
  /** As it was recorded. */
  readonly text: string
  /** The argument vector, where it is known: adds the copies that need to know where one argument ends. */
  readonly args?: readonly string[]
  /** What the command line is of, for a screen reader: `Command line of curl`. */
  readonly label?: string
  readonly initialWrap?: boolean
}

/**
 * A recorded command line: metadata addresses and paths marked, secrets masked until asked for, what is encoded decoded
 * below. While secrets are masked they are masked in copies too.
 */
export function CommandLine({ text, args, label = 'Command line', initialWrap = true }: CommandLineProps) {
  const [wrap, setWrap] = useState(initialWrap)
  const [revealed, setRevealed] = useState(false)
  const clipboard = useClipboard({ timeout: 1500 })
  const parts = commandParts(text.slice(0, SHOWN))
  const hasSecret = parts.some((part) => part.kind === 'secret')
  const decoded = decodedWords(revealed ? text : maskSecrets(text.slice(0, SHOWN)))
  const copy = (value: string) => clipboard.copy(revealed ? value : maskSecrets(value))
  const suffix = hasSecret && !revealed ? ', secrets masked' : ''
  const copyLabel = clipboard.copied ? 'Copied' : 'Copy…'
  const secretLabel = revealed ? 'Mask secrets' : 'Show secrets'
  return (
    <figure className={classes.figure} aria-label={label}>
      <div className={classes.frame}>
        {/* A line that scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={classes.line} data-wrap={wrap || undefined} dir="ltr" tabIndex={wrap ? undefined : 0}>
          {parts.map((part, i) => (
            <span key={`${i}-${part.kind}`} className={classes[part.kind]}>
              {part.kind === 'secret' && !revealed ? (
                <>
                  <span aria-hidden="true">{MASK}</span>
                  <span className="visually-hidden">masked secret</span>
                </>
              ) : (
                <MachinePieces text={part.text} />
              )}
            </span>
          ))}
          {text.length > SHOWN && <span className={classes.more}> … {(text.length - SHOWN).toLocaleString('en')} characters more; copy to see all</span>}
        </pre>
        <div className={classes.tools}>
          {hasSecret && (
            <Tooltip label={secretLabel}>
              <ActionIcon size={24} aria-label={secretLabel} onClick={() => setRevealed(!revealed)}>
                {revealed ? <IconEyeOff size={15} stroke={1.7} /> : <IconEye size={15} stroke={1.7} />}
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={wrap ? 'Keep on one line' : 'Wrap'}>
            <ActionIcon size={24} aria-label="Wrap" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
              {wrap ? <IconTextWrap size={15} stroke={1.7} /> : <IconTextWrapDisabled size={15} stroke={1.7} />}
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end">
            <Menu.Target>
              <Tooltip label={copyLabel}>
                <ActionIcon size={24} aria-label={copyLabel}>
                  {clipboard.copied ? <IconCheck size={15} stroke={2} color="var(--ll-good-mark)" /> : <IconCopy size={15} stroke={1.7} />}
                </ActionIcon>
              </Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => copy(text)}>As recorded{suffix}</Menu.Item>
              {args && <Menu.Item onClick={() => copy(shellLine(args))}>Quoted for a shell{suffix}</Menu.Item>}
              {args && <Menu.Item onClick={() => copy(JSON.stringify(args))}>As JSON argv{suffix}</Menu.Item>}
              <Menu.Item onClick={() => copy(defang(text))}>Defanged{suffix}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {decoded.length > 0 && (
        <figcaption className={classes.decoded}>
          {decoded.map((word) => (
            <div key={word.encoded} className={classes.word}>
              <span className={classes.encoding}>{word.encoding} decoded</span>
              <code className={classes.plain} dir="ltr">
                <MachinePieces text={revealed ? word.decoded : maskSecrets(word.decoded)} />
              </code>
            </div>
          ))}
        </figcaption>
      )}
    </figure>
  )
}
