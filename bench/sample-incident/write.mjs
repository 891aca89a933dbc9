// Writes public/samples/incident.ndjson.gz from the TypeScript beside this file: node bench/sample-incident/write.mjs
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { outputFiles } = await build({
  entryPoints: [`${root}bench/sample-incident/incident.ts`],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node22.15',
})
const code = Buffer.from(outputFiles[0].contents).toString('base64')
const { incidentLines } = await import(`data:text/javascript;base64,${code}`)
const lines = incidentLines()
const packed = gzipSync(`${lines.join('\n')}\n`, { level: 9 })
await mkdir(`${root}public/samples`, { recursive: true })
await writeFile(`${root}public/samples/incident.ndjson.gz`, packed)
console.error(`${lines.length} events, ${packed.length} bytes`)
