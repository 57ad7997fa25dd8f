import path from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    conditions: ['@scalp/source'],
    alias: [
      { find: /^fast-check$/, replacement: path.join(import.meta.dirname, 'scripts/seeded-fast-check.ts') },
    ],
  },
  ssr: { resolve: { conditions: ['@scalp/source', 'node', 'module', 'default'] } },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'apps/*/{src,test}/**/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
      'docs/test/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    testTimeout: 30_000,
  },
})
