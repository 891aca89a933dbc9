'use client'

import { TextInput } from '@mantine/core'
import type { TextInputProps } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { KeyboardEvent, Ref } from 'react'

interface SearchFieldProps extends Omit<TextInputProps, 'type'> {
  readonly ref?: Ref<HTMLInputElement>
  readonly 'aria-label': string
}

/**
 * A field to search in a list. Escape leaves it and keeps what was typed: a browser's own search field is wiped by it, and
 * with it the list that somebody wants to move in.
 */
export function SearchField({ onKeyDown, ...props }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={14} stroke={1.8} />}
      {...props}
      onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
        onKeyDown?.(event)
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.currentTarget.blur()
      }}
    />
  )
}
