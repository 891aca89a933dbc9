import { defineConfig } from 'prisma/config'

// The native schema engine is a download of its own. Generating and validating never start it, they only want the variable
// to name a file that exists; with it set, `npm ci` works without a network beyond the npm registry.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
