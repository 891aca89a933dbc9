import { metadataHost } from './metadata-address'

/** Where a text names a metadata service, one of its paths, or both. Offsets are of UTF-16 units. */
export interface ImdsRequestText {
  /** As the text has it; null when only a path is named. */
  readonly host: string | null
  readonly path: string | null
  readonly start: number
  /** Where the path begins, or would. */
  readonly pathStart: number
  readonly end: number
}

const MAX_TEXT = 100_000

const CHARACTERS = String.raw`[^\s'"\x60;|&<>()\\{}?#]`
// A query's & goes on with the request when a name and an equals sign follow: in a shell it would otherwise end the command.
const QUERY = String.raw`(?:\?${CHARACTERS}{0,2000}(?:&[\w.-]{1,100}=${CHARACTERS}{0,1000}){0,50})?`
const URL_PATTERN = new RegExp(
  String.raw`(?<scheme>https?:\/{2,3}(?:[^\s\/@'"]{0,200}@)?)?(?<host>\[[0-9a-f:.]{2,45}(?:%[\w.]{1,32})?\]|[\w.%-]{1,253})(?::\d{0,5}(?!\d|\.\d))?(?<path>\/${CHARACTERS}{0,2000}${QUERY})?`,
  'gi',
)
const SERVED = String.raw`(?:latest|\d{4}-\d\d-\d\d)\/{1,9}(?:meta-data|user-data|dynamic|api\/token)|computeMetadata\/{1,9}v1|metadata\/{1,9}(?:identity|instance|attested|v1)|opc\/{1,9}v[12]\/|v2\/credentials|openstack\/[\w.-]{1,20}\/(?:securitykey|user_data|meta_data)`
const BARE_PATH = new RegExp(String.raw`\/{1,9}(?:${SERVED})${CHARACTERS}{0,2000}${QUERY}`, 'gi')

/** Names that are also ordinary words only count where a URL says that they are hosts. */
function isMetadataHost(host: string, inUrl: boolean): boolean {
  return (inUrl || /[.:\d]/.test(host)) && metadataHost(host) !== null
}

/** The requests a text (a command line, a URL) names, in its order. Where only paths are named, those only such a service has. */
export function imdsRequestsIn(text: string): readonly ImdsRequestText[] {
  const head = text.slice(0, MAX_TEXT)
  const found: ImdsRequestText[] = []
  for (const match of head.matchAll(URL_PATTERN)) {
    const { scheme, host = '', path } = match.groups ?? {}
    if (!isMetadataHost(host, scheme !== undefined)) continue
    const end = match.index + match[0].length
    found.push({ host, path: path ?? null, start: match.index + (scheme?.length ?? 0), pathStart: end - (path?.length ?? 0), end })
  }
  // `curl $IMDS/latest/meta-data/…`: the host is in a variable, the path tells enough.
  if (found.every((request) => request.path === null)) {
    for (const match of head.matchAll(BARE_PATH)) {
      found.push({ host: null, path: match[0], start: match.index, pathStart: match.index, end: match.index + match[0].length })
    }
  }
  return found
}
