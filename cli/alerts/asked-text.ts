import { IMDS_PATH_LABELS, IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'

/** `Credentials of web-prod-role · AWS · IMDSv1`. The role is a sender's text: print it through `printable`. */
export function askedText({ pathClass, role, provider, version }: ImdsFacts): string {
  const what = pathClass === null ? 'Path not said' : IMDS_PATH_LABELS[pathClass]
  const parts = [role === null ? what : `${what} of ${role}`, provider === null ? null : IMDS_PROVIDER_LABELS[provider], version === null ? null : `IMDS${version}`]
  return parts.filter((part) => part !== null).join(' · ')
}
