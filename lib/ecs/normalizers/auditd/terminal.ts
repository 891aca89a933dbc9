/** The device numbers of a terminal that audit names (`pts0`, `/dev/pts/1`, `tty1`, `ttyS0`), as Linux deals them out. */
export function terminalDevice(name: string): { readonly major: number; readonly minor: number } | undefined {
  const match = /^(?:\/dev\/)?(pts\/?|ttyS|tty|hvc|console)(\d{1,6})?$/.exec(name)
  if (!match) return undefined
  const number = Number(match[2] ?? 0)
  switch (match[1]) {
    case 'pts':
    case 'pts/':
      return { major: 136 + Math.floor(number / 256), minor: number % 256 }
    case 'ttyS':
      return { major: 4, minor: 64 + number }
    case 'tty':
      return match[2] === undefined ? { major: 5, minor: 0 } : { major: 4, minor: number }
    case 'hvc':
      return { major: 229, minor: number }
    default:
      return { major: 5, minor: 1 }
  }
}
