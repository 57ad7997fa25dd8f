import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** Every page that is written by hand. */
const docs = path.dirname(import.meta.dirname)
const root = path.dirname(docs)
const pages = globSync(['*.md', 'concepts/*.md', 'guides/*.md'], { cwd: docs }).sort()
const blocks = (page: string, language: string): string[] =>
  [
    ...readFileSync(path.join(docs, page), 'utf8').matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'),
    ),
  ].map(([, text = '']) => text)

for (const page of pages)
  for (const [index, program] of blocks(page, 'ts').entries())
    test(`${page}: program ${index + 1} runs`, { timeout: 60_000 }, async () => {
      const folder = path.join(docs, 'node_modules', '.snippets')
      mkdirSync(folder, { recursive: true })
      const file = path.join(folder, `${page.replaceAll(/\W/g, '-')}-${index}.ts`)
      writeFileSync(file, program)
      const exported = (await import(/* @vite-ignore */ file)) as Record<string, unknown>
      expect(Object.keys(exported).length).toBeGreaterThan(0)
    })

/** Command lines of the pages, joined where they go on, without comments. */
const lines = pages.flatMap((page) =>
  blocks(page, 'sh').flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/\s#.*$/, '').trim())
      .filter((line) => line !== '')
      .map((line) => ({ page, line })),
  ),
)

const bins = new Map<string, string>()
for (const file of globSync(['apps/*/package.json', 'packages/*/package.json'], { cwd: root })) {
  const { bin = {} } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as {
    bin?: Record<string, string>
  }
  for (const [name, target] of Object.entries(bin))
    bins.set(name, path.join(root, path.dirname(file), target))
}

const helps = new Map<string, string>()
function helpOf(bin: string, command: string | undefined): string {
  const key = `${bin} ${command ?? ''}`
  let help = helps.get(key)
  if (help === undefined) {
    help = execFileSync(
      process.execPath,
      [bins.get(bin) as string, ...(command === undefined ? [] : [command]), '--help'],
      {
        encoding: 'utf8',
      },
    )
    helps.set(key, help)
  }
  return help
}

for (const { page, line } of lines.filter((one) => bins.has(one.line.split(' ')[0] as string)))
  test.skipIf(!existsSync(path.join(root, 'apps/backtester/dist')))(
    `${page}: ${line}`,
    { timeout: 60_000 },
    () => {
      const [bin = '', ...words] = line.split(/\s+/)
      const hasCommands = helpOf(bin, undefined).includes('\nCommands:')
      const help = helpOf(bin, hasCommands ? words[0] : undefined)
      for (const flag of words.filter((word) => word.startsWith('--'))) expect(help).toContain(flag)
    },
  )

test('scripts that the pages name exist', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const { page, line } of lines) {
    const script = /^npm run ([\w:-]+)/.exec(line)?.[1]
    if (script !== undefined)
      expect({ page, script: Object.keys(scripts) }).toMatchObject({
        script: expect.arrayContaining([script]) as string[],
      })
  }
})
