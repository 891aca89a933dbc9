import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef2ff', '#dfe6ff', '#bccafd', '#9db0fc', '#92a8fb', '#5673ee', '#3b5bdb', '#2f4bc0', '#263d9c', '#1c2e78',
]
const gray: MantineColorsTuple = [
  '#f7f8fa', '#f0f2f5', '#e2e6ec', '#d5dae2', '#cdd4de', '#8791a1', '#5f6a7b', '#4a5463', '#2c333e', '#14181f',
]
const dark: MantineColorsTuple = [
  '#e3e7ed', '#c6cdd8', '#a7b1bf', '#8995a6', '#353e4b', '#242b36', '#1b212a', '#14181f', '#0e1116', '#0b0e12',
]
// Shade 6 of each carries white text and is readable on white; shade 4 is readable on the dark panel.
const red: MantineColorsTuple = [
  '#fdeaec', '#fbd5d9', '#f6aab2', '#f4929c', '#ff8f98', '#e0344a', '#b4122b', '#9c0f25', '#7d0c1e', '#5c0916',
]
const orange: MantineColorsTuple = [
  '#fff1e6', '#ffe6d5', '#ffcdab', '#ffbb8d', '#ffab78', '#e8590c', '#b54708', '#9a3412', '#7c2d12', '#5c210d',
]
const yellow: MantineColorsTuple = [
  '#fef8e3', '#fbf0cf', '#f7e0a0', '#f3d376', '#f0c751', '#c98a12', '#8a5300', '#7a4f00', '#5f3d00', '#452c00',
]
const green: MantineColorsTuple = [
  '#eafaf3', '#e0f5ec', '#b6e8d3', '#86dbba', '#5ad1a5', '#14855f', '#0f6b4f', '#0c5a42', '#094533', '#063225',
]

const mono = 'ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace'
const sans = 'system-ui, -apple-system, "Segoe UI", Inter, Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif'

const dialog = {
  overlayProps: { backgroundOpacity: 0.45 },
  closeButtonProps: { 'aria-label': 'Close' },
  // Its head is a <header>, which in a portal would count as a second banner of the page.
  attributes: { header: { role: 'presentation' } },
}

// What floats belongs to a landmark as well; every layout names its main element so.
const inMain = { target: '#main' }
const dialogContent = { border: '1px solid var(--ll-border)', background: 'var(--ll-surface-panel)' }
const dialogHead = { background: 'var(--ll-surface-panel)' }
const dialogTitle = { fontSize: 'var(--mantine-h2-font-size)', fontWeight: 620 }

/** The console's Mantine theme: dense sizes, one accent, and palettes whose main shades meet AA in light and dark. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent, blue: accent, indigo: accent, gray, dark, red, orange, yellow, green, teal: green },
  white: '#ffffff',
  black: '#14181f',
  fontFamily: sans,
  fontFamilyMonospace: mono,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  spacing: { xs: '6px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.5' },
  headings: {
    fontWeight: '600',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.125rem', lineHeight: '1.35' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.8125rem', lineHeight: '1.45' },
      h4: { fontSize: '0.8125rem', lineHeight: '1.45' },
      h5: { fontSize: '0.75rem', lineHeight: '1.45' },
      h6: { fontSize: '0.75rem', lineHeight: '1.45' },
    },
  },
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input)
    // A quiet button in the neutral colour: Mantine's own would be lighter than AA allows on hover.
    if (input.variant === 'subtle' && input.color === 'gray') {
      return { ...resolved, color: 'var(--ll-text-secondary)', hover: 'var(--ll-surface-hover)' }
    }
    return resolved
  },
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Badge: { defaultProps: { radius: 'sm', variant: 'light' } },
    Button: { defaultProps: { size: 'xs' }, styles: { root: { fontWeight: 500 } } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Input: { defaultProps: { size: 'xs' } },
    InputWrapper: { defaultProps: { size: 'xs' } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false }, styles: { dropdown: { padding: 4 }, item: { fontSize: 'var(--mantine-font-size-sm)', padding: '5px 8px' } } },
    Drawer: { defaultProps: { ...dialog, padding: 'lg' }, styles: { header: dialogHead, title: dialogTitle } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Modal: { defaultProps: { ...dialog, centered: true, radius: 'lg', padding: 'lg' }, styles: { content: dialogContent, header: dialogHead, title: dialogTitle } },
    Popover: { defaultProps: { portalProps: inMain } },
    Radio: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', withItemsBorders: false }, styles: { root: { background: 'var(--ll-surface-sunken)', boxShadow: 'inset 0 0 0 1px var(--ll-border)' } } },
    Switch: { defaultProps: { size: 'xs' } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 10 } },
    Text: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { portalProps: inMain, openDelay: 350, withArrow: false, events: { hover: true, focus: true, touch: false } } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--ll-surface-panel)',
  '--mantine-color-text': 'var(--ll-text)',
  '--mantine-color-bright': 'var(--ll-text)',
  '--mantine-color-dimmed': 'var(--ll-text-secondary)',
  '--mantine-color-placeholder': 'var(--ll-text-tertiary)',
  '--mantine-color-anchor': 'var(--ll-accent-text)',
  '--mantine-color-accent-light': 'var(--ll-accent-soft)',
  '--mantine-color-accent-light-hover': 'var(--ll-accent-soft-hover)',
  '--mantine-color-accent-light-color': 'var(--ll-accent-text)',
  '--mantine-color-error': 'var(--ll-bad-text)',
  '--mantine-color-success': 'var(--ll-good-text)',
  '--mantine-color-default': 'var(--ll-surface-raised)',
  '--mantine-color-default-color': 'var(--ll-text)',
  '--mantine-color-default-hover': 'var(--ll-surface-hover)',
  '--mantine-color-default-border': 'var(--ll-border-strong)',
}

/** Ties Mantine's semantic variables to the tokens of app/tokens.css, so that both speak of the same colours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: { ...shared, '--mantine-color-default-hover': '#222934' },
})
