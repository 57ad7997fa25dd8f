import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectTemplates } from '../src/collect-templates.js'
import { KIND_NAMES, KINDS } from '../src/kinds.js'
import { createProgram } from '../src/program.js'
import { renderPackage } from '../src/render-package.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const examples = path.join(root, 'examples')
const templates = collectTemplates(examples)
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'create-strategy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const create = async (...args: readonly string[]): Promise<string> => {
  let printed = ''
  const program = createProgram({
    version: '0.0.0',
    templates,
    isInteractive: false,
    print: (text) => {
      printed += text
    },
  }).configureOutput({ writeErr: () => undefined })
  await program.parseAsync(args, { from: 'user' })
  return printed
}

describe.each(KIND_NAMES)('of kind %s', (kind) => {
  const { example } = KINDS[kind]

  test('a package is written that type-checks against the sources', { timeout: 120_000 }, async () => {
    const target = path.join(folder, kind)
    const printed = await create('@me/calm-open', '--kind', kind, '--underlying', 'SPY', '--folder', target)
    expect(printed).toContain('npm test')
    symlinkSync(path.join(examples, example, 'node_modules'), path.join(target, 'node_modules'))
    writeFileSync(
      path.join(target, 'tsconfig.check.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: {
          noEmit: true,
          rootDir: '/',
          customConditions: ['@scalp/source'],
          types: ['node'],
          typeRoots: [path.join(root, 'node_modules/@types')],
        },
        include: ['src', 'test'],
      }),
    )
    const tsc = path.join(root, 'node_modules/.bin/tsc')
    expect(execFileSync(tsc, ['-p', 'tsconfig.check.json'], { cwd: target, encoding: 'utf8' })).toBe('')
  })

  test('nothing in it names the example or a version that only this repository understands', () => {
    const files = renderPackage(templates, { name: '@me/calm-open', kind, underlying: 'SPY' })
    const manifest = JSON.parse(files.get('package.json') as string) as {
      name: string
      scripts: Record<string, string>
      peerDependencies: Record<string, string>
      devDependencies: Record<string, string>
    }
    expect(manifest.name).toBe('@me/calm-open')
    expect(manifest.scripts['backtest']).toContain('synth --underlying SPY')
    expect(manifest.scripts['backtest']).toContain('--data data --underlying SPY')
    expect(manifest.peerDependencies['@scalp/strategy']).toMatch(/^\^\d+\.\d+\.\d+$/)
    expect(manifest.devDependencies['vitest']).toMatch(/^\^\d/)
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'README.md',
        '.gitignore',
        '.github/workflows/ci.yml',
        'tsconfig.json',
        'src/index.ts',
      ]),
    )
    for (const [file, text] of files) {
      expect(text, file).not.toMatch(/workspace:|catalog:|@scalp-example/)
      expect(text, file).not.toContain(`'${example}'`)
    }
    expect(files.get('src/index.ts')).toContain("name: 'calm-open'")
    expect(files.get('src/index.ts')).toContain('export default calmOpen')
  })
})

test('a template holds every source and test of its example', () => {
  for (const kind of KIND_NAMES) {
    const of = (part: string): string[] =>
      readdirSync(path.join(examples, KINDS[kind].example, part)).map((file) => `${part}/${file}`)
    expect(Object.keys(templates[kind].files)).toEqual(expect.arrayContaining([...of('src'), ...of('test')]))
  }
})

test('a name that is a word of the language or of the template gets a longer constant', () => {
  for (const name of ['class', 'config', 'settings']) {
    const files = renderPackage(templates, { name, kind: 'indicator', underlying: 'DEMO' })
    expect(files.get('src/index.ts')).toContain(`export default ${name}Strategy`)
  }
})

test('a wrong name or symbol is refused, and a folder in use is left as it is', async () => {
  await expect(create('Calm Open')).rejects.toMatchObject({ code: 'CREATE_NAME' })
  await expect(create('../up', '--folder', folder)).rejects.toMatchObject({ code: 'CREATE_NAME' })
  await expect(create('ok', '--underlying', 'spy;rm')).rejects.toMatchObject({ code: 'CREATE_UNDERLYING' })
  const used = path.join(folder, 'used')
  await create('used', '--folder', used)
  const before = readFileSync(path.join(used, 'package.json'), 'utf8')
  await expect(create('other', '--folder', used)).rejects.toMatchObject({ code: 'CREATE_FOLDER_IN_USE' })
  expect(readFileSync(path.join(used, 'package.json'), 'utf8')).toBe(before)
  expect(existsSync(path.join(used, 'dist'))).toBe(false)
})
