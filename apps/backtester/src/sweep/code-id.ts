import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { RunConfig } from '../config.js'
import { version } from '../version.js'

/** Module specifiers that lie beside the file that names them. */
const BESIDE = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g
const ENDINGS = ['', '.ts', '.js', '.mjs', '/index.ts', '/index.js']

/**
 * Names the code of the strategies of a run: a strategy that was edited makes other runs. It covers a module with all
 * that it imports from beside it, the sources in a folder, and what else is installed by its name only.
 */
export function codeIdOf({ strategy, strategies }: RunConfig): string {
  const named = strategies.length === 0 ? [strategy] : strategies.map((member) => member.strategy)
  const hash = createHash('sha256').update(version)
  for (const name of named) {
    hash.update(name.startsWith('.') || path.isAbsolute(name) ? '' : name)
    for (const text of textsOf(name)) hash.update(text)
  }
  return hash.digest('hex')
}

function textsOf(name: string): readonly string[] {
  const place = path.resolve(name)
  if (existsSync(place) && statSync(place).isDirectory())
    return globSync('**/*.{ts,js,mjs,json}', {
      cwd: place,
      exclude: (found) => found.includes('node_modules'),
    })
      .sort()
      .map((file) => readFileSync(path.join(place, file), 'utf8'))
  const file = existsSync(place) ? place : installed(name)
  return file === undefined ? [] : withImports(file)
}

function installed(name: string): string | undefined {
  try {
    return createRequire(path.resolve('program.js')).resolve(name)
  } catch {
    return undefined
  }
}

/** The module and what it imports from beside it, each once, in the order of the imports. */
function withImports(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const beside = Array.from(text.matchAll(BESIDE), ([, name = '']) => locate(path.dirname(file), name))
  return [text, ...beside.flatMap((one) => (one === undefined ? [] : withImports(one, seen)))]
}

function locate(folder: string, name: string): string | undefined {
  const plain = path.resolve(folder, name)
  const tried = [...ENDINGS.map((ending) => plain + ending), plain.replace(/\.js$/, '.ts')]
  return tried.find((one) => existsSync(one) && statSync(one).isFile())
}
