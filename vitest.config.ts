import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { isSupported, SUPPORTED } from './bin/runtime.mjs'

if (!isSupported()) throw new Error(`The tests need ${SUPPORTED}; this is ${process.versions.node}. Run them with: npm run unit`)

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['{bin,lib,cli,workers,components,rules,bench}/**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist', '.next', '.cache'],
    // Generous: a loaded machine is slow, and nothing here asserts how fast it is.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
})
