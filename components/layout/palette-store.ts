import { createSpotlight } from '@mantine/spotlight'

const [store, actions] = createSpotlight()

export const paletteStore = store
export const palette = actions

/** Marks the first row. The palette does so itself when the query changes; results come later. */
export function markFirstRow(): void {
  const { listId } = store.getState()
  const list = listId === '' ? null : document.getElementById(listId)
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
}
