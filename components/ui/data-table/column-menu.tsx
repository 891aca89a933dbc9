'use client'

import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'

export type Density = 'compact' | 'comfortable'

interface ColumnMenuProps {
  readonly columns: ReadonlyArray<{ readonly id: string; readonly label: string; readonly shown: boolean }>
  readonly onToggle: (id: string) => void
  readonly density: Density
  readonly onDensity: (density: Density) => void
  readonly onReset: () => void
}

/** Which columns a table shows and how high its rows are. Stays open while one chooses. */
export function ColumnMenu({ columns, onToggle, density, onDensity, onReset }: ColumnMenuProps) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Tooltip label="Columns and density">
          <ActionIcon aria-label="Columns and density">
            <IconAdjustmentsHorizontal size={17} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns.map(({ id, label, shown }) => (
          <Menu.CheckboxItem key={id} checked={shown} onChange={() => onToggle(id)}>
            {label}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Label>Rows</Menu.Label>
        <Menu.RadioGroup value={density} onChange={(value) => onDensity(value === 'comfortable' ? value : 'compact')}>
          <Menu.RadioItem value="compact">Compact</Menu.RadioItem>
          <Menu.RadioItem value="comfortable">Comfortable</Menu.RadioItem>
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} onClick={onReset}>Reset</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
