import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Command, Option } from 'commander'
import { KIND_NAMES, type KindName } from './kinds.js'
import { ask } from './questions.js'
import { type Answers, renderPackage } from './render-package.js'
import type { Templates } from './template.js'
import { writePackage } from './write-package.js'

/** Codes of errors that a corrected call would not meet: exit code 2. */
export const wrongCalls: ReadonlySet<string> = new Set([
  'CREATE_NAME',
  'CREATE_FOLDER_IN_USE',
  'CREATE_UNDERLYING',
])

interface Flags {
  readonly kind?: KindName
  readonly underlying?: string
  readonly folder?: string
  readonly yes?: true
}

/** What the command line stands on. */
export interface ProgramOptions {
  readonly version: string
  readonly templates: Templates
  /** A person who can be asked sits before it. */
  readonly isInteractive: boolean
  readonly print: (text: string) => void
}

/** The command line of `npm create @scalp/strategy`. */
export function createProgram({ version, templates, isInteractive, print }: ProgramOptions): Command {
  return new Command('create-strategy')
    .description('Writes a strategy package that passes its own tests at once. Asks for what is not given.')
    .version(version)
    .showHelpAfterError('(create-strategy --help tells more)')
    .exitOverride()
    .argument('[name]', 'of the package, such as calm-open or @me/calm-open')
    .addOption(new Option('--kind <kind>', 'what to start from').choices(KIND_NAMES))
    .option('--underlying <symbol>', 'that its backtest is about')
    .option('--folder <dir>', 'to write into; named as the package unless told')
    .option('--yes', 'ask nothing: what is not given is calm-open, one-file and DEMO')
    .action(async (name: string | undefined, { kind, underlying, folder, yes }: Flags) => {
      const given: Partial<Answers> = {
        ...(name === undefined ? {} : { name }),
        ...(kind === undefined ? {} : { kind }),
        ...(underlying === undefined ? {} : { underlying }),
      }
      const answers =
        yes === true || !isInteractive
          ? { name: 'calm-open', kind: 'one-file' as const, underlying: 'DEMO', ...given }
          : await ask(given)
      if (answers === undefined) return
      const target = path.resolve(folder ?? answers.name.replace(/^.*\//, ''))
      const files = renderPackage(templates, answers)
      writePackage(target, files)
      print(
        `Wrote ${files.size} files to ${target}.\n\n  cd ${path.relative('.', target) || '.'}\n  npm install\n  npm test\n  npm run backtest\n`,
      )
    })
}

/** The templates that lie beside the bundle. */
export function readTemplates(): Templates {
  return JSON.parse(readFileSync(new URL('./templates.json', import.meta.url), 'utf8')) as Templates
}
