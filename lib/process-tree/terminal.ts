/**
 * The terminal's name from the numbers of its device, as Linux deals them out: 136:0 is pts/0, 4:1 tty1, 4:64 ttyS0.
 * Others are shown as "major:minor".
 */
export function terminalName(major: number, minor: number): string {
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`
  if (major === 5 && minor === 1) return 'console'
  if (major === 229) return `hvc${minor}`
  return `${major}:${minor}`
}
