/**
 * Which parts of a command line, a header or a note are secrets that nobody should carry away who looks at a screen, a report
 * or a log. What a secret looks like is in the table below, a line each. Nothing here decides what is stored: records stay exact.
 */
export const MASK = '••••••••'

export interface SecretSpan {
  readonly start: number
  /** Behind its last character. */
  readonly end: number
}

/** What stands in quotes, or up to the next white space, quote or separator of a shell. */
const QUOTED = String.raw`"[^"\n]{1,4096}"|'[^'\n]{1,4096}'`
const BARE = String.raw`[^\s'"\x60;|&<>()]{1,4096}`
const WORD = `(?:${QUOTED}|${BARE})`
/** Inside of a header or a JSON text, which often stands in quotes itself. */
const VALUE = String.raw`[^\s'"\x60,;}{)\\]{1,4096}`

/** Names whose value is a secret, in an option, an assignment, a header, JSON or a query. */
const SECRET_NAME = String.raw`(?:[\w.-]{0,64}(?:secret|passw(?:or)?d|passwd|passphrase|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|client[_-]?secret|(?:access|auth|session|security|refresh|id|bearer|api|vault|github|gitlab|slack|npm|bot|identity|admin|service|user|master|root|csrf|jwt|oauth2?|aws|azure|gcp|google)[_-]?token|credential|connection[_-]?string|webhook[_-]?url)[\w-]{0,32}|(?:[\w.]{0,64}[_-])?(?:token|pwd|sas|pat)|mysql_pwd|pgpassword|redisauth|sshpass)`
/** Names that speak of a secret and hold none: how long it lives, where it lies, which one it is. */
const NO_SECRET_NAME = /(?:ttl|seconds|expir\w*|lifetime|timeout|file|path|dir|name|type|url|uri|endpoint|hop[_-]?limit|id|arn|length|len|count|enabled|required|format|policy|version|header|prompt|stdin|hash|algo\w*|source|provider|issuer|audience|scope)$/i
/** The id of an access key is no secret, but who has seen it can look for it. AWS's come as AKIA… and ASIA…; a secret's name ends in them. */
const ACCESS_KEY_ID = /access[_-]?key[_-]?id$/i

interface Pattern {
  readonly regex: RegExp
  /** The name that decides, for patterns that take any name. */
  readonly named?: boolean
}

/** In each the first group stands before the secret and the last is the secret; a group between is the name. */
const PATTERNS: readonly Pattern[] = [
  // Headers, as curl, wget and logs write them.
  { regex: new RegExp(String.raw`((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token|negotiate|digest|apikey|splunk|gcp|bot)\s{1,4})?)(${VALUE})`, 'gi') },
  { regex: /((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?aws4-hmac-sha256\s[^\n]{0,1024}?signature=)([0-9a-f]{16,})/gi },
  { regex: /((?:set-)?cookie["']?\s{0,4}:\s{0,4}["']?)([^'"\n]{1,4096})/gi },
  { regex: new RegExp(String.raw`((?:x-aws-ec2-metadata-token|x-amz-security-token|x-vault-token|x-auth-token|x-api-key|x-goog-api-key|x-functions-key|x-ms-authorization-auxiliary|x-identity-header|x-consul-token|x-amz-signature|private-token|job-token|deploy-token|ocp-apim-subscription-key|api-key|apikey)["']?\s{0,4}[:=]\s{0,4}["']?)(${VALUE})`, 'gi') },
  // Options whose name says it, then assignments, JSON and queries.
  { regex: new RegExp(String.raw`((?<![\w-])--?(${SECRET_NAME})(?:=|\s{1,4}))(${WORD})`, 'gi'), named: true },
  { regex: new RegExp(String.raw`((?<![\w-])(${SECRET_NAME})["']?\s{0,4}=\s{0,4})(?=["']?[^\s=~])(${WORD})`, 'gi'), named: true },
  { regex: new RegExp(String.raw`(["']?(?<![\w-])(${SECRET_NAME})\\?["']?\s{0,4}:\s{0,4}\\?["']?)(${VALUE})`, 'gi'), named: true },
  // Programs that take a password where its name does not say so.
  { regex: /((?<![\w-])(?:curl|wget|http|https|ab|mc|restic|svn|wfuzz|lftp|smbclient|rpcclient|crackmapexec|nxc|httpie)\b[^\n|;]{0,4096}?\s(?:-u|--user|--proxy-user|-U|-a|--auth)(?:=|\s{0,4})["']?[^\s'":;|&]{1,256}[:%])([^\s'"\x60;|&]{1,1024})/gi },
  { regex: /((?<![\w-])(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mycli)\b(?:\s[^\n|;]{0,2048}?)?\s-p)((?:"[^"\n]{1,1024}"|'[^'\n]{1,1024}'|[^\s'"\x60;|&]{1,1024}))/gi },
  { regex: /((?<![\w-])(?:sshpass|ldapsearch|ldapmodify|ldapadd|ldapwhoami)\b(?:\s[^\n|;]{0,2048}?)?\s-(?:p|w)\s{0,4})((?:"[^"\n]{1,1024}"|'[^'\n]{1,1024}'|[^\s'"\x60;|&-][^\s'"\x60;|&]{0,1024}))/g },
  { regex: /((?<![\w-])(?:redis-cli|mongo|mongosh|mongodump|docker\s{1,4}login|podman\s{1,4}login|az\s{1,4}login|sqlcmd|rabbitmqadmin|helm\s{1,4}registry\s{1,4}login)\b(?:\s[^\n|;]{0,2048}?)?\s-(?:a|p|P)\s{1,4})((?:"[^"\n]{1,1024}"|'[^'\n]{1,1024}'|[^\s'"\x60;|&-][^\s'"\x60;|&]{0,1024}))/g },
  { regex: /((?<![\w-])(?:openssl)\b\s[^\n|;]{0,2048}?\bpass:)([^\s'"\x60;|&]{1,1024})/g },
  { regex: /((?<![\w-])(?:7z[ar]?|zip|unzip)\b(?:\s[^\n|;]{0,2048}?)?\s(?:-P\s{1,4}|(?<=7z.{0,2048})-p))([^\s'"\x60;|&-][^\s'"\x60;|&]{0,1024})/g },
  { regex: /(\baws\s{1,4}configure\s{1,4}set\s{1,4}\S{0,64}(?:secret|token)\S{0,64}\s{1,4})([^\s'"\x60;|&]{1,1024})/gi },
  { regex: /((?<![\w-])(?:net\s{1,4}use|chpasswd|IDENTIFIED\s{1,4}BY|PASSWORD)\s{1,4}['"])([^'"\n]{1,1024})/gi },
  // Addresses with a password or a signature in them.
  { regex: /(\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/?#'"@:]{0,256}:)([^\s/?#'"@]{1,1024})(?=@)/gi },
  { regex: /(\b[a-z][a-z0-9+.-]{1,30}:\/\/)((?:gh[pousr]_|glpat-|x-access-token|github_pat_)[^\s/?#'"@:]{6,1024})(?=@)/gi },
  { regex: /([?&](?:sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|jwt)=)([^\s&'"#\x60;|]{6,4096})/gi },
  // What is a secret by its own form, wherever it stands.
  { regex: /()(\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)/g },
  { regex: /()(\bAQAEA[\w-]{20,}={0,2})/g },
  { regex: /()((?<![\w+/])(?:FwoGZXIvYXdz|IQoJb3JpZ2luX2Vj)[\w+/=-]{20,})/g },
  { regex: /()(\bya29\.[\w-]{16,})/g },
  { regex: /()(\bAIza[\w-]{35}(?![\w-]))/g },
  { regex: /()(\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{30,}|sk-(?:ant-|proj-)?[\w-]{20,}|hvs\.[\w-]{20,}|dop_v1_[0-9a-f]{40,}|SG\.[\w-]{16,}\.[\w-]{16,}|pypi-[\w-]{30,}|[sr]k_live_[A-Za-z0-9]{16,}))/g },
  { regex: /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)([^-]{1,16384})/g },
]

/** The name of a secret in place of one: `$TOKEN`, `%TOKEN%`, `<token>`, `$(cat token)`, `{{ token }}`, and what is no value. */
const PLACEHOLDER = /^(?:\$|%[A-Za-z_]+%?$|<|\{\{|@|•|\*+$|x+$|\.\.\.|(?:true|false|null|none|nil|undefined|yes|no|prompt|ask|stdin|env|file|-)$|(?:env|file|stdin|fd):)/i

function* spansOf(text: string, { regex, named = false }: Pattern): Generator<SecretSpan> {
  for (const match of text.matchAll(regex)) {
    const raw = match.at(-1) ?? ''
    if (named) {
      const name = match[2] ?? ''
      if (NO_SECRET_NAME.test(name) || ACCESS_KEY_ID.test(name)) continue
    }
    const quoted = /^(["']).*\1$/s.test(raw)
    const value = quoted ? raw.slice(1, -1) : raw
    if (value === '' || PLACEHOLDER.test(value)) continue
    // The next option is not the value of this one.
    if (!quoted && /^--?[a-z]/i.test(value) && /\s$/.test(match[1] ?? '')) continue
    // The value ends where the match does; what is looked at behind it belongs to neither.
    const end = match.index + match[0].length
    const start = end - raw.length + (quoted ? 1 : 0)
    yield { start, end: quoted ? end - 1 : end }
  }
}

/** The secrets of a text, in order and apart from one another. */
export function secretSpans(text: string): readonly SecretSpan[] {
  const found = PATTERNS.flatMap((pattern) => [...spansOf(text, pattern)]).sort((a, b) => a.start - b.start || b.end - a.end)
  const apart: { start: number; end: number }[] = []
  for (const { start, end } of found) {
    const last = apart.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else apart.push({ start, end })
  }
  return apart
}

/** The text with each secret replaced by the same dots, whatever its length. */
export function maskSecrets(text: string): string {
  let masked = ''
  let at = 0
  for (const { start, end } of secretSpans(text)) {
    masked += text.slice(at, start) + MASK
    at = end
  }
  return at === 0 ? text : masked + text.slice(at)
}

export function hasSecrets(text: string): boolean {
  return secretSpans(text).length > 0
}
