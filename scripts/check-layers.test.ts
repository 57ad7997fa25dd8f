import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkLayers } from './check-layers.js'

let root = ''
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A repository of packages, each one source file and its dependencies. */
function repository(packages: Record<string, { source: string; dependencies?: readonly string[] }>): string {
  root = mkdtempSync(path.join(tmpdir(), 'layers-'))
  for (const [name, { source, dependencies = [] }] of Object.entries(packages)) {
    const folder = path.join(root, 'packages', name)
    mkdirSync(path.join(folder, 'src'), { recursive: true })
    writeFileSync(path.join(folder, 'src', 'index.ts'), source)
    const manifest = {
      name: `@scalp/${name}`,
      dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1'])),
    }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  }
  return root
}

test('lets imports point down', () => {
  expect(
    checkLayers(
      repository({
        gates: {
          source: "import { toOrderId } from '@scalp/canonical'\n",
          dependencies: ['@scalp/canonical'],
        },
      }),
    ),
  ).toEqual([])
})

test('refuses an import that goes sideways, up, by type, by export or by a call', () => {
  for (const source of [
    "import { Account } from '@scalp/positions'",
    "import type {\n  Account,\n} from '@scalp/positions'",
    "export { Account } from '@scalp/positions'",
    "const late = import('@scalp/positions')",
  ]) {
    const [violation] = checkLayers(repository({ gates: { source, dependencies: ['@scalp/positions'] } }))
    expect(violation, source).toMatchObject({
      file: 'packages/gates/src/index.ts',
      problem: expect.stringContaining('must not import "positions"'),
    })
    rmSync(root, { recursive: true })
  }
})

test('refuses what package.json does not name, and Node from a root entry', () => {
  const violations = checkLayers(
    repository({
      canonical: { source: "import { z } from 'zod'\nimport { readFileSync } from 'node:fs'\n" },
    }),
  )
  expect(violations.map(({ line }) => line)).toEqual([1, 2])
})

test('reads past comments', () => {
  expect(
    checkLayers(repository({ canonical: { source: "// import { z } from 'zod'\n/* import 'zod' */\n" } })),
  ).toEqual([])
})

test('holds in this repository', () => {
  expect(checkLayers(path.dirname(import.meta.dirname))).toEqual([])
})
