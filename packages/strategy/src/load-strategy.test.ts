import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadStrategy } from './load-strategy.js'

const folder = mkdtempSync(path.join(tmpdir(), 'strategies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), text)
}
const source = (name: string): string =>
  `export const other = 1\nexport const it = { contract: 1, name: '${name}', config: {}, create: () => ({}) }\n`

write('module.mjs', source('from-a-module'))
write(
  'packaged/package.json',
  '{"type":"module","exports":{".":{"types":"./x.d.ts","default":"./dist/main.js"}}}',
)
write('packaged/dist/main.js', source('from-a-folder'))
write('plain/package.json', '{"type":"module","main":"lib.js"}')
write('plain/lib.js', source('from-main'))
write('node_modules/installed/package.json', '{"name":"installed","type":"module","exports":"./index.js"}')
write('node_modules/installed/index.js', source('from-a-package'))
write('nothing.mjs', 'export const nothing = 1\n')
write('broken.mjs', 'export const = 1\n')

test('a module, the package in a folder, and a package installed where the user stands', async () => {
  const names = await Promise.all(
    ['./module.mjs', 'packaged', './plain', 'installed'].map(
      async (strategy) => (await loadStrategy(strategy, { from: folder })).name,
    ),
  )
  expect(names).toEqual(['from-a-module', 'from-a-folder', 'from-main', 'from-a-package'])
})

test('what is built in comes first', async () => {
  const builtIn = new Map([['module.mjs', () => Promise.resolve({ name: 'built-in' } as never)]])
  expect((await loadStrategy('module.mjs', { from: folder, builtIn })).name).toBe('built-in')
})

test('says what is wrong: not there, no strategy in it, does not parse', async () => {
  const builtIn = new Map([['ours', () => Promise.reject(new Error('not asked for'))]])
  const of = (strategy: string): Promise<unknown> => loadStrategy(strategy, { from: folder, builtIn })
  await expect(of('no-such-thing')).rejects.toMatchObject({
    code: 'STRATEGY_UNKNOWN',
    hint: expect.stringContaining('ours') as string,
  })
  await expect(of('./nothing.mjs')).rejects.toThrow('exports no strategy')
  await expect(of('./broken.mjs')).rejects.toMatchObject({
    code: 'STRATEGY_UNKNOWN',
    cause: expect.anything() as unknown,
  })
})
