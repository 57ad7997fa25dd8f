import { SCHEMAS, type Schema } from '@scalp/databento'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CatFlags, cat } from './commands/cat.js'
import { type CheckFlags, check } from './commands/check.js'
import { type CountFlags, count } from './commands/count.js'
import { type IndexFlags, index } from './commands/index-dataset.js'
import { meta } from './commands/meta.js'
import { fileOutput, type Output } from './output.js'
import { toCount, toList } from './values.js'
import { version } from './version.js'

/** The command line of `scalp-dbn`. */
export interface Program {
  readonly command: Command
  /** Runs a call and answers its exit code: 0, or 1 when a file is at fault. */
  run(args: readonly string[]): Promise<number>
}

/** Makes the command line; what commands print goes to `out`. */
export function createProgram(out: Output): Program {
  let exitCode = 0
  const command = new Command('scalp-dbn')
    .description('Looks into Databento files, checks them, cuts, merges and converts them, and fetches more.')
    .version(version)
    .showHelpAfterError('(scalp-dbn --help tells more)')
    .exitOverride()
  const toOutput = async (file: string | undefined, write: (to: Output) => Promise<void>): Promise<void> => {
    const to = file === undefined ? out : fileOutput(file)
    try {
      await write(to)
    } catch (error) {
      to.discard()
      throw error
    }
    to.close()
  }
  command
    .command('meta')
    .description('What a DBN file says of itself: version, dataset, schema, period, symbols, mappings.')
    .argument('<file>', 'DBN file, raw or zstd; - for standard input')
    .option('--json', "JSON with Databento's names; 64-bit integers as text")
    .addHelpText(
      'after',
      examples('scalp-dbn meta day.dbn.zst', 'scalp-dbn meta --json day.dbn | jq .symbols'),
    )
    .action((file: string, flags: { json?: boolean }) => toOutput(undefined, (to) => meta(file, flags, to)))
  command
    .command('cat')
    .description("Prints records as CSV or JSON Lines, byte for byte as Databento's own encoder does.")
    .argument('<file...>', 'DBN files, raw or zstd; - for standard input')
    .option('--csv', 'CSV with a header (the default)')
    .option('--json', 'JSON Lines')
    .option('--pretty', 'prices as decimals and times as ISO 8601')
    .option('--pretty-prices', 'prices as decimals')
    .option('--pretty-times', 'times as ISO 8601')
    .addOption(
      new Option('--symbols [source]', 'a last field with symbols, out of the metadata or the live stream')
        .choices(['metadata', 'stream'])
        .preset('metadata'),
    )
    .option('--limit <n>', 'no more records than this', toCount)
    .option(
      '--fields <names>',
      'only these fields, with commas between; their order is the usual one',
      toList,
    )
    .option('--schema <schema>', 'only records of this schema', toSchema)
    .option('--upgrade', 'records of versions 1 and 2 as those of version 3')
    .option('--skip-unknown', 'leave records of unknown type out, and say how many')
    .option('--partial', 'keep the whole records of a file that was cut short')
    .option(
      '--fragment <version>',
      'the file has no metadata; its records are of this DBN version',
      toVersion,
    )
    .option('-o, --output <file>', 'write into a file instead')
    .addHelpText(
      'after',
      examples(
        'scalp-dbn cat day.dbn.zst --pretty --symbols | head',
        'scalp-dbn cat day.dbn.zst --json --fields ts_recv,symbol,bid_px_00,ask_px_00 --limit 100',
        'zstdcat day.dbn.zst | scalp-dbn cat - --csv -o day.csv',
      ),
    )
    .action((files: string[], flags: CatFlags & { output?: string }) =>
      toOutput(flags.output, (to) => cat(files, flags, to)),
    )
  command
    .command('count')
    .description('Counts records, in all and by type; says how far a damaged file is readable.')
    .argument('<file...>', 'DBN files, raw or zstd; - for standard input')
    .option('--json', 'one JSON object, or an array of them for several files')
    .option('--partial', 'a file that was cut short is no failure')
    .option(
      '--fragment <version>',
      'the file has no metadata; its records are of this DBN version',
      toVersion,
    )
    .addHelpText('after', examples('scalp-dbn count *.dbn.zst', 'scalp-dbn count --json day.dbn'))
    .action((files: string[], flags: CountFlags) =>
      toOutput(undefined, async (to) => {
        exitCode = await count(files, flags, to)
      }),
    )
  command
    .command('index')
    .description(
      'Finds what a directory holds: jobs, days, schemas; and what is missing, degraded or doubled.',
    )
    .argument('<dir>', 'directory of batch jobs or loose files')
    .option('--json', 'the whole index as one JSON object')
    .option('--refresh', 'open every file again')
    .option(
      '--cache <dir>',
      'where the index is kept (default: scalp-dbn in the cache directory of the user)',
    )
    .option('--quiet', 'no progress bar')
    .addHelpText('after', examples('scalp-dbn index ~/opra', 'scalp-dbn index ~/opra --json | jq .series'))
    .action((directory: string, flags: IndexFlags) =>
      toOutput(undefined, (to) => index(directory, flags, to)),
    )
  command
    .command('check')
    .description('Checks the quality of quotes, by day and underlying.')
    .argument('<path>', 'directory of batch jobs or loose files, or one file')
    .option('--underlying <symbols>', 'only these OCC roots, with commas between them', toList)
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--frozen-after <n>', 'records in a row with the same quote that make it frozen', toCount, 30)
    .option('--json', 'JSON Lines: one of each day and underlying, then one of the whole')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      `
What is counted:
  crossed, locked   bid above ask, bid equal to ask
  one-sided, empty  no bid or no ask; neither
  frozen            the same prices and sizes in 30 records of a contract and more
  unsorted          older than the record before it
  duplicates        a second record of a contract for the same time
  out of session    outside trading hours and the quarter of an hour after them
  missing minutes   of the session, in which no contract of the underlying has a record
${examples('scalp-dbn check ~/opra --underlying TSLA,SPY', 'scalp-dbn check day.dbn.zst --json | jq -c .gaps')}`,
    )
    .action((file: string, flags: CheckFlags) =>
      toOutput(undefined, async (to) => {
        exitCode = await check(file, flags, to)
      }),
    )
  for (const sub of command.commands) sub.exitOverride()
  return {
    command,
    async run(args) {
      await command.parseAsync([...args], { from: 'user' })
      return exitCode
    },
  }
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

function toSchema(text: string): Schema {
  const schema = SCHEMAS.find((name) => name === text)
  if (schema === undefined) throw new InvalidArgumentError(`It must be one of ${SCHEMAS.join(', ')}.`)
  return schema
}

function toVersion(text: string): number {
  if (!/^[123]$/.test(text)) throw new InvalidArgumentError('It must be 1, 2 or 3.')
  return Number(text)
}
