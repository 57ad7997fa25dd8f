import { STYPES } from '@scalp/databento'
import type { HistoricalClient } from '@scalp/databento/historical'
import { Command, Option } from 'commander'
import { examples, symbolsOption, toMoney, toSchema, toVersion } from './arguments.js'
import { type CatFlags, cat } from './commands/cat.js'
import { type CheckFlags, check } from './commands/check.js'
import { type ConvertFlags, convert } from './commands/convert.js'
import { type CountFlags, count } from './commands/count.js'
import {
  cost,
  type DownloadFlags,
  type DownloadPorts,
  download,
  fetchJob,
  type JobFlags,
  type RangeFlags,
} from './commands/download.js'
import { type IndexFlags, index } from './commands/index-dataset.js'
import { merge, type WriteFlags } from './commands/merge.js'
import { meta } from './commands/meta.js'
import { type SliceFlags, slice } from './commands/slice.js'
import { CallError } from './errors.js'
import { fileOutput, type Output } from './output.js'
import { ask, note } from './terminal.js'
import { toCount, toList } from './values.js'
import { version } from './version.js'

/** The command line of `scalp-dbn`. */
export interface Program {
  readonly command: Command
  /** Runs a call and answers its exit code: 0, or 1 when a file is at fault. */
  run(args: readonly string[]): Promise<number>
}

/** What the command line meets of the world beside files. */
export interface ProgramPorts {
  readonly createClient?: () => HistoricalClient | Promise<HistoricalClient>
  readonly confirm?: DownloadPorts['confirm']
}

/** Makes the command line; what commands print goes to `out`. */
export function createProgram(out: Output, ports: ProgramPorts = {}): Program {
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
    .addOption(symbolsOption())
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
      toOutput(textFile(flags.output), (to) => cat(files, flags, to)),
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
  const writer = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .requiredOption('-o, --output <file>', 'file to write; its name says what it becomes')
      .option('--force', 'replace a file that is there')
      .option('--partial', 'keep the whole records of files that were cut short')
      .option('--json', 'say what was written as JSON')
      .option('--quiet', 'no progress bar, and nothing said')
  writer('slice', 'Cuts contracts, days and hours out of a file or a dataset: into DBN, or our own slices.')
    .argument('<path>', 'file, or directory of batch jobs or loose files')
    .option('--underlying <symbols>', 'only these OCC roots, with commas between them', toList)
    .addOption(
      new Option('--schema <schema>', 'which files of a directory').argParser(toSchema).default('cbbo-1m'),
    )
    .option('--from <date>', 'first day of a directory, YYYY-MM-DD')
    .option('--to <date>', 'last day of a directory, YYYY-MM-DD')
    .addOption(new Option('--right <right>', 'only calls or puts').choices(['C', 'P']))
    .option('--expiry <range>', 'dates of expiry')
    .option('--dte <range>', 'days to expiry, from the day of the record')
    .option('--strike <range>', 'strikes in dollars')
    .option('--moneyness <range>', 'strike divided by the price of the underlying; 1 is at the money')
    .option('--bars <path>', 'bars of the underlyings, for --moneyness (default: those in the directory)')
    .option('--time <range>', 'times of day in New York; a sample bears the end of its interval')
    .option('--split', 'the output is a directory: one file of each underlying and UTC day, in one pass')
    .addOption(
      new Option('--format <format>', 'of the files of --split')
        .choices(['slice', 'dbn.zst'])
        .default('slice'),
    )
    .addHelpText(
      'after',
      `\nRanges are LOW..HIGH, both included; either may be left out. One value is both.\n${examples(
        'scalp-dbn slice ~/opra --underlying TSLA --dte 0..7 -o tsla-week.dbn.zst',
        'scalp-dbn slice day.dbn.zst --expiry 2025-02-21 --strike 240..260 --time 09:30..10:30 -o cut.dbn.zst',
        'scalp-dbn slice day.dbn.zst --underlying TSLA -o tsla.slice',
        'scalp-dbn slice ~/opra --split -o ~/slices',
      )}`,
    )
    .action((file: string, flags: SliceFlags) => toOutput(undefined, (to) => slice(file, flags, to)))
  writer('merge', 'Merges DBN files into one, by receive time; metadata, symbols and mappings too.')
    .argument('<file...>', 'DBN files of one dataset, raw or zstd')
    .addHelpText('after', examples('scalp-dbn merge 2025-02-*.dbn.zst -o february.dbn.zst'))
    .action((files: string[], flags: WriteFlags) => toOutput(undefined, (to) => merge(files, flags, to)))
  writer(
    'convert',
    'Converts a DBN file: raw or zstd, older versions into version 3, into CSV, JSON Lines or Parquet; a slice into Parquet.',
  )
    .argument('<file>', 'DBN file, raw or zstd; or a slice')
    .addOption(
      new Option('--to <format>', 'instead of what the name of the output says').choices([
        'parquet',
        'dbn',
        'csv',
        'jsonl',
      ]),
    )
    .option('--pretty', 'text: prices as decimals and times as ISO 8601')
    .option('--pretty-prices', 'text: prices as decimals')
    .option('--pretty-times', 'text: times as ISO 8601')
    .addOption(symbolsOption())
    .option('--fields <names>', 'text: only these fields, with commas between', toList)
    .option('--schema <schema>', 'text: only records of this schema', toSchema)
    .option('--upgrade', 'text: records of versions 1 and 2 as those of version 3')
    .option('--skip-unknown', 'text: leave records of unknown type out')
    .addHelpText(
      'after',
      examples(
        'scalp-dbn convert old.dbn -o new.dbn.zst',
        'scalp-dbn convert day.dbn.zst -o day.csv.zst --pretty --symbols',
        'scalp-dbn convert day.dbn.zst --to parquet -o day.parquet',
      ),
    )
    .action((file: string, flags: ConvertFlags) => toOutput(undefined, (to) => convert(file, flags, to)))
  const reach = async (): Promise<DownloadPorts> => ({
    client: await (ports.createClient ?? connect)(),
    confirm: ports.confirm ?? (process.stdin.isTTY && process.stderr.isTTY ? ask : undefined),
    note,
  })
  const requester = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .requiredOption('--dataset <dataset>', 'such as OPRA.PILLAR')
      .addOption(new Option('--schema <schema>', 'such as cbbo-1m').argParser(toSchema).makeOptionMandatory())
      .requiredOption('--symbols <symbols>', 'with commas between them; ALL_SYMBOLS for all', toList)
      .addOption(
        new Option('--stype-in <symbology>', 'what the symbols are').choices(STYPES).default('raw_symbol'),
      )
      .requiredOption('--start <time>', 'ISO 8601, UTC; included')
      .option('--end <time>', 'ISO 8601, UTC; not included (default: the end of what --start names)')
      .option('--limit <n>', 'no more records than this', toCount)
      .option('--json', 'the answer as JSON')
  const request =
    '--dataset OPRA.PILLAR --schema cbbo-1m --symbols TSLA.OPT --stype-in parent --start 2025-02-20'
  requester('cost', 'Says what data would cost. Free. The key is read from DATABENTO_API_KEY.')
    .addHelpText('after', examples(`scalp-dbn cost ${request}`))
    .action((flags: RangeFlags) => toOutput(undefined, async (to) => cost(flags, await reach(), to)))
  requester(
    'download',
    'Buys data, once the cost was shown and agreed to. The key is read from DATABENTO_API_KEY.',
  )
    .option('-o, --output <file>', 'stream into this file; its name says the format')
    .option('--batch', 'by a batch job: for much data; can go on after a break')
    .option('--dir <dir>', 'where the folder of a batch job goes (default: here)')
    .option('--max-cost <dollars>', 'refuse what costs more', toMoney)
    .option('--yes', 'do not ask')
    .option('--force', 'replace a file that is there')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      examples(
        `scalp-dbn download ${request} -o tsla.dbn.zst`,
        `scalp-dbn download ${request} --end 2025-03-01 --batch --dir ~/opra --max-cost 20 --yes`,
      ),
    )
    .action((flags: DownloadFlags) => toOutput(undefined, async (to) => download(flags, await reach(), to)))
  command
    .command('job')
    .description('Waits for a batch job and downloads it, or the rest of it. Free.')
    .argument('<id>', 'id of the job')
    .option('--dir <dir>', 'where its folder goes (default: here)')
    .option('--json', 'the answer as JSON')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', examples('scalp-dbn job OPRA-20250301-ABCDEFGH12 --dir ~/opra'))
    .action((id: string, flags: JobFlags) =>
      toOutput(undefined, async (to) => fetchJob(id, flags, await reach(), to)),
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

function textFile(output: string | undefined): string | undefined {
  if (output?.endsWith('.zst') !== true) return output
  throw new CallError({
    problem: `${output} would not be compressed, whatever its name says.`,
    hint: 'Use scalp-dbn convert, or pipe into zstd.',
  })
}

/** The client is loaded only by commands that use it: the others start faster. */
async function connect(): Promise<HistoricalClient> {
  const { createHistoricalClient } = await import('@scalp/databento/historical')
  return createHistoricalClient({ onWarning: ({ message }) => note(`warning: ${message}\n`) })
}
