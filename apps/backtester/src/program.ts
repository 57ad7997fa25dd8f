import { Command, InvalidArgumentError, Option } from 'commander'
import { demo } from './commands/demo.js'
import { report } from './commands/report.js'
import { type RunFlags, run } from './commands/run.js'
import { synth } from './commands/synth.js'
import { type VerifyFlags, verify } from './commands/verify.js'
import { version } from './version.js'

/** The command line of `scalp-backtest`. */
export function createProgram(): Command {
  const program = new Command('scalp-backtest')
    .description('Replays option quotes through a strategy, and shows what came of it.')
    .version(version)
    .showHelpAfterError('(scalp-backtest --help tells more)')
    .exitOverride()
  program
    .command('run')
    .description('Backtest a strategy over a directory of Databento files.')
    .option('--data <dir>', 'directory of batch jobs or loose files (.dbn, .csv, raw or .zst)')
    .option('--underlying <symbol>', 'OCC roots of the contracts, such as TSLA, separated by commas')
    .option('--from <date>', 'first trading date, YYYY-MM-DD')
    .option('--to <date>', 'last trading date, YYYY-MM-DD')
    .option(
      '--strategy <name>',
      'built-in name (momentum-scalper, first-quote), package, or path of a module',
    )
    .option('--preset <name>', 'named settings of the strategy (momentum-scalper: phase0, design, tuned)')
    .option('--set <name=value...>', 'a setting of the strategy, over the preset')
    .option('--config <file>', 'JSON file with the same names; flags lie over it')
    .option('--cash <dollars>', 'starting cash (default 100000)', number)
    .option('--costs <schedule>', 'alpaca, ibkr-tiered or flat')
    .option('--fill-model <model>', 'nextQuote, freshOnly or immediate')
    .option('--slippage-pct <percent>', 'how much worse than the touch a fill is', number)
    .option('--workers <n>', 'threads that decode ahead (default 1)', number)
    .option(
      '--cache <dir>',
      'where slices are kept, which later runs read (default: the cache directory of the user)',
    )
    .option('--no-cache', 'read the original files every time, and keep no slices')
    .option('--out <dir>', 'where result and report go (default out)')
    .option('--json', 'print the result, with resultHash, on standard output')
    .option('--quiet', 'no progress bar and no summary')
    .action((flags: RunFlags) => run(flags))
  program
    .command('verify')
    .description('Check that a run does not look ahead, or that a result can be repeated.')
    .option(
      '--lookahead',
      'run again on data cut at random decisions; fails when an earlier decision changes',
    )
    .option('--replay <result>', 'run the manifest of a result again and compare the result hash')
    .option('--cuts <n>', 'how many cuts (default 5)', number)
    .option('--cut-seed <seed>', 'where the cuts are (default: the seed of the run)')
    .option('--data <dir>', 'directory of the files; with --replay in place of that of the manifest')
    .option('--underlying <symbol>', 'OCC roots of the contracts, separated by commas')
    .option('--from <date>', 'first trading date, YYYY-MM-DD')
    .option('--to <date>', 'last trading date, YYYY-MM-DD')
    .option('--strategy <name>', 'built-in name, package, or path of a module')
    .option('--preset <name>', 'named settings of the strategy')
    .option('--set <name=value...>', 'a setting of the strategy, over the preset')
    .option('--config <file>', 'JSON file with the same names; flags lie over it')
    .option('--workers <n>', 'threads that decode ahead (default 1)', number)
    .option('--quiet', 'print nothing; the exit code tells')
    .action((flags: VerifyFlags) => verify(flags))
  program
    .command('synth')
    .description('Write days of a synthetic market as genuine batch folders.')
    .requiredOption('--out <dir>', 'directory to write into')
    .option('--days <n>', 'trading days', number, 5)
    .option('--seed <seed>', 'the same seed gives the same bytes', 'scalp')
    .option('--start <date>', 'first date', '2024-01-02')
    .option('--underlying <symbol>', 'symbol', 'DEMO')
    .option('--quotes-per-day <n>', 'about how many quote rows a day', number, 25_000)
    .addOption(
      new Option('--format <format>', 'of the files')
        .choices(['dbn.zst', 'dbn', 'csv.zst', 'csv'])
        .default('dbn.zst'),
    )
    .option('--quiet', 'no progress bar')
    .action(synth)
  program
    .command('report')
    .description('Rebuild the report of a result file.')
    .argument('<result>', 'result JSON of a run, or the directory it is in')
    .option('--out <file>', 'HTML file to write (default: beside the result)')
    .action(report)
  program
    .command('demo')
    .description('Make synthetic days, backtest them, and say where the report is.')
    .option('--days <n>', 'trading days', number, 40)
    .option('--seed <seed>', 'of the synthetic market', 'scalp')
    .option('--out <dir>', 'where data, result and report go', 'out/demo')
    .action(demo)
  for (const command of program.commands) command.exitOverride()
  return program
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
