const SAFE_WORD = /^[\w@%+=:,./-]+$/

/** One word quoted for a POSIX shell, so that pasting it gives the same bytes. */
function shellWord(word: string): string {
  if (SAFE_WORD.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** An argument vector as a line for a POSIX shell; pasted, it runs with exactly these arguments. */
export function shellLine(args: readonly string[]): string {
  return args.map(shellWord).join(' ')
}

/** Breaks addresses so that no chat or mail program makes links of them: `hxxp://169[.]254[.]169[.]254/`. */
export function defang(text: string): string {
  return text
    .replace(/\bhttp(s?):\/\/([^\s/'"]+)/gi, (_, s: string, host: string) => `hxxp${s}://${host.replaceAll('.', '[.]')}`)
    .replace(/(?<![\d.[])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])/g, '$1[.]$2[.]$3[.]$4')
}
