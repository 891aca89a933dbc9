import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['{lib,cli,workers,components,rules,bench}/**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist', '.next', '.cache'],
    testTimeout: 60_000,
    pool: 'forks',
  },
})
