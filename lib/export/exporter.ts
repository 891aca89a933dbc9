import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readEnv } from '@/lib/env'

const packageFile = z.object({ name: z.string(), version: z.string() })

/** This program's name and version, as its package says. */
export function readExporter(): { readonly name: string; readonly version: string } {
  return packageFile.parse(JSON.parse(readFileSync(path.join(readEnv().root, 'package.json'), 'utf8')))
}
