import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { KIND_NAMES, KINDS } from './kinds.js'
import type { Template, Templates } from './template.js'

/** Reads the examples as templates, at build time: versions that only this repository understands become real ones. */
export function collectTemplates(examples: string): Templates {
  return Object.fromEntries(
    KIND_NAMES.map((kind) => [kind, collect(path.resolve(examples, KINDS[kind].example))]),
  ) as Templates
}

function collect(folder: string): Template {
  const files: Record<string, string> = {}
  for (const file of [
    'package.json',
    'tsconfig.json',
    ...filesUnder(folder, 'src'),
    ...filesUnder(folder, 'test'),
  ]) {
    const text = readFileSync(path.join(folder, file), 'utf8')
    files[file] = file === 'package.json' ? withRealVersions(folder, text) : text
  }
  return { files }
}

function filesUnder(folder: string, part: string): string[] {
  return readdirSync(path.join(folder, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort()
}

/** `workspace:` and `catalog:` become a range from the version that is installed beside the example. */
function withRealVersions(folder: string, text: string): string {
  return text.replace(/"([^"]+)": "(?:workspace|catalog):[^"]*"/g, (_, name: string) => {
    const manifest = readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')
    return `"${name}": "^${(JSON.parse(manifest) as { version: string }).version}"`
  })
}
