import { readFileSync } from 'node:fs'
import { reportFailure } from '@scalp/cli'
import { createProgram, readTemplates, wrongCalls } from './program.js'

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
try {
  await createProgram({
    version: (JSON.parse(manifest) as { version: string }).version,
    templates: readTemplates(),
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    print: (text) => process.stdout.write(text),
  }).parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error, { wrongCalls, outFlag: '--folder' })
}
