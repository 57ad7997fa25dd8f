import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { reportApi } from './api-report.ts'
import { publishedPackages } from './pack-all.ts'

/**
 * Holds what each built package offers against its report in `etc/NAME.api.md`. `--write` takes the present state as
 * the planned one: the change of the report then stands in the same commit, where a reviewer sees it.
 */
const isWriting = process.argv.includes('--write')
const root = path.dirname(import.meta.dirname)
let differing = 0
for (const { folder, manifest } of publishedPackages(root)) {
  const entries = Object.entries(manifest.exports ?? {}).filter(([name]) => name !== './package.json')
  if (entries.length === 0) continue
  const parts = entries.map(([name, target]) => {
    const { types } = target as { types: string }
    const specifier = `${manifest.name}${name.slice(1)}`
    return `## ${specifier}\n\n\`\`\`ts\n${reportApi(path.join(folder, types))}\n\`\`\`\n`
  })
  const report = `# API of ${manifest.name}\n\nWritten by \`npm run api\`. Do not edit.\n\n${parts.join('\n')}`
  const file = path.join(folder, 'etc', `${path.basename(folder)}.api.md`)
  const known = read(file)
  if (known === report) continue
  differing++
  if (isWriting) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, report)
  } else console.error(`${path.relative(root, file)} differs:\n${difference(known, report)}`)
}
if (isWriting) console.log(`${differing} reports written.`)
else if (differing === 0) console.log('Every package offers what its report says.')
else {
  console.error('If that is planned, run "npm run api" and commit the reports with the change.')
  process.exitCode = 1
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Lines that are only in one of two texts, in order; enough to see what changed. */
function difference(before: string, after: string): string {
  const [old, young] = [new Set(before.split('\n')), new Set(after.split('\n'))]
  const lines = [
    ...[...old].filter((line) => !young.has(line)).map((line) => `- ${line}`),
    ...[...young].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
  return [...lines.slice(0, 40), ...(lines.length > 40 ? [`… ${lines.length - 40} more`] : [])].join('\n')
}
