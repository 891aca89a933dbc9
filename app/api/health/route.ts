import { route } from '@/lib/web/http'
import { getRuntime } from '@/lib/web/runtime'

/** Whether what is sent now would be stored: 200, or 503 with the reason. For monitors. */
export const GET = route(() => {
  const problem = getRuntime().problem()
  const headers = { 'cache-control': 'no-store' }
  return problem === null ? Response.json({ status: 'ok' }, { headers }) : Response.json({ status: 'data_gone', message: problem }, { status: 503, headers })
})
