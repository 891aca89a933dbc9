import { expect, test } from 'vitest'
import { QUEUE_COLUMNS } from './queue-columns'

/** What the table has of a screen of 1280 pixels: the navigation, the page's margins and the panel's border are beside it. */
const ROOM = 1_022
const SELECTION = 36

test('the columns that show at first fit a screen of 1280 pixels, status among them', () => {
  const shown = QUEUE_COLUMNS.filter((column) => column.hidden !== true)
  expect(shown.map(({ id }) => id)).toEqual(['time', 'reason', 'asked', 'severity', 'host', 'status', 'checklist'])
  expect(shown.reduce((sum, { width, minWidth }) => sum + (width ?? minWidth ?? 120), SELECTION)).toBeLessThanOrEqual(ROOM)
})
