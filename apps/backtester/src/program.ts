import { Command, InvalidArgumentError, Option } from 'commander'
import type { CompareFlags } from './commands/compare.js'
import type { DemoFlags } from './commands/demo.js'
import type { ReportFlags } from './commands/report.js'
import type { RunFlags } from './commands/run.js'
import type { RunsFlags } from './commands/runs.js'
import type { SweepFlags } from './commands/sweep.js'
import type { SynthFlags } from './commands/synth.js'
import type { VerifyFlags } from './commands/verify.js'
import type { WalkFlags } from './commands/walk-forward.js'
import type { WorkerFlags } from './commands/worker.js'
import { FORMATS } from './outputs.js'
import { version } from './version.js'

/** The command line of `scalp-backtest`; what carries a command out is loaded when it is called. */
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
    .option('--fill-model <model>', 'nextQuote, queue, freshOnly or immediate')
    .option('--slippage-pct <percent>', 'how much worse than the touch a fill is', number)
    .option('--workers <n>', 'threads that decode ahead (default 1)', number)
    .option(
      '--cache <dir>',
      'where slices are kept, which later runs read (default: the cache directory of the user)',
    )
    .option('--no-cache', 'read the original files every time, and keep no slices')
    .option('--out <dir>', 'where result and report go (default out)')
    .option('--store <file>', 'keep the run among the trials of a project, which sweeps are judged by')
    .option('--json', 'print the result, with resultHash, on standard output')
    .option('--quiet', 'no progress bar and no summary')
    .action(async (flags: RunFlags) => (await import('./commands/run.js')).run(flags))
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
    .action(async (flags: VerifyFlags) => (await import('./commands/verify.js')).verify(flags))
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
    .action(async (flags: SynthFlags) => (await import('./commands/synth.js')).synth(flags))
  program
    .command('report')
    .description('Write the report of a result file anew, or export its trades and decisions.')
    .argument('<result>', 'result JSON of a run, or the directory it is in')
    .addOption(
      new Option('--format <format...>', 'one or several').choices([...FORMATS]).default(['html'], 'html'),
    )
    .option('--study <file>', 'what research adds: surfaces of a sweep, walk-forward, a ledger of trials')
    .option('--out <file>', 'file to write, with any ending (default: report, beside the result)')
    .action(async (result: string, flags: ReportFlags) =>
      (await import('./commands/report.js')).report(result, flags),
    )
  program
    .command('compare')
    .description('Put two results side by side, as text and as a page.')
    .argument('<a>', 'result JSON of a run, or the directory it is in')
    .argument('<b>', 'the other')
    .option('--out <file>', 'HTML file to write', 'comparison.html')
    .option('--json', 'print the comparison as JSON')
    .action(async (a: string, b: string, flags: CompareFlags) =>
      (await import('./commands/compare.js')).compare(a, b, flags),
    )
  program
    .command('demo')
    .description('Make synthetic days, backtest them, and say where the report is.')
    .option('--days <n>', 'trading days', number, 40)
    .option('--seed <seed>', 'of the synthetic market', 'scalp')
    .option('--out <dir>', 'where data, result and report go', 'out/demo')
    .action(async (flags: DemoFlags) => (await import('./commands/demo.js')).demo(flags))
  addResearch(program)
  for (const command of program.commands) command.exitOverride()
  return program
}

/** Sweeps, walks through time, and the store of what they tried. */
function addResearch(program: Command): void {
  sweepOptions(
    program
      .command('sweep')
      .description(
        'Run a strategy with many settings over one decode of the data; goes on where it was stopped.',
      ),
  ).action(async (flags: SweepFlags) => (await import('./commands/sweep.js')).sweep(flags))
  sweepOptions(
    program
      .command('walk-forward')
      .description('Run a sweep, and walk through its days with the settings that were best so far.'),
  )
    .addOption(
      new Option('--kind <kind>', 'rolling or anchored training, or folds of days')
        .choices(['rolling', 'anchored', 'folds'])
        .default('rolling'),
    )
    .option('--train <days>', 'days of a training', number, 60)
    .option('--test <days>', 'days of a test', number, 20)
    .option('--folds <n>', 'tests of a cross-validation', number, 5)
    .option('--purge <days>', 'days left out before a test, as long as a trade may be held', number, 0)
    .option('--embargo <days>', 'days after a test that no training of folds uses', number, 0)
    .action(async (flags: WalkFlags) => (await import('./commands/walk-forward.js')).walkForward(flags))
  program
    .command('worker')
    .description('Take jobs of sweeps from Redis until stopped; any number of workers, on any machines.')
    .requiredOption('--redis <url>', 'Redis or Valkey, as redis://host:6379')
    .option('--threads <n>', 'jobs at a time (default: one a processor)', number)
    .option('--data <dir>', 'folder of the data here (default: that of the sweep, else fetched by content)')
    .option('--objects <place>', 'shared folder or s3://bucket/prefix that data are fetched from')
    .option(
      '--cache <dir>',
      'where slices and fetched data are kept (default: the cache directory of the user)',
    )
    .option(
      '--stall-seconds <n>',
      'another worker takes a job without a sign of life after so long',
      number,
      30,
    )
    .option('--quiet', 'print nothing')
    .action(async (flags: WorkerFlags) => (await import('./commands/worker.js')).worker(flags))
  const runs = program.command('runs').description('Look into the store of runs.')
  runsOptions(runs.command('list').description('The runs, the latest first.')).action(
    async (flags: RunsFlags) => (await import('./commands/runs.js')).listRuns(flags),
  )
  runsOptions(runs.command('sweeps').description('The sweeps, the latest first.')).action(
    async (flags: RunsFlags) => (await import('./commands/runs.js')).listSweeps(flags),
  )
  runsOptions(
    runs.command('show <run>').description('One run: figures, config, and how much of it is luck.'),
  ).action(async (run: string, flags: RunsFlags) => (await import('./commands/runs.js')).showRun(run, flags))
  runsOptions(
    runs
      .command('compare <runs...>')
      .description('Runs side by side: the settings that differ, and the figures.'),
  ).action(async (keys: string[], flags: RunsFlags) =>
    (await import('./commands/runs.js')).compareRuns(keys, flags),
  )
  runsOptions(
    runs.command('best').description('The best runs, judged by all trials that were made on the data.'),
  ).action(async (flags: RunsFlags) => (await import('./commands/runs.js')).bestRuns(flags))
  for (const command of runs.commands) command.exitOverride()
}

function runsOptions(command: Command): Command {
  return rankOptions(command)
    .option('--sweep <id>', 'only runs of this sweep')
    .option('--strategy <name>', 'only runs of this strategy')
    .option('--limit <n>', 'at most so many', number, 20)
    .option('--json', 'as JSON')
}

function rankOptions(command: Command): Command {
  return command
    .option(
      '--objective <figure>',
      'what makes a run better, a minus before it: what makes it worse',
      'sharpe',
    )
    .option('--min-trades <n>', 'runs with fewer trades are N/A', number, 30)
    .option('--store <file>', 'store of the project (default: scalp-trials.sqlite beside the output)')
}

function sweepOptions(command: Command): Command {
  return rankOptions(command)
    .option('--vary <axis...>', 'name=1,2,3, name=10..30/5, name=10..30, name=log:0.1..10, or a name alone')
    .option('--where <constraint...>', 'only settings where this holds, as stopLossPct < takeProfitPct')
    .addOption(
      new Option('--method <method>', 'how points are chosen')
        .choices(['grid', 'random', 'model'])
        .default('grid'),
    )
    .option('--trials <n>', 'points of a random or model-based search', number, 100)
    .option('--batch <n>', 'points that a model proposes at a time', number, 20)
    .option('--search-seed <seed>', 'the same seed gives the same points', 'sweep')
    .option('--study <file>', 'write what was found, for scalp-backtest report --study')
    .option('--threads <n>', 'worker threads (default: one a processor); the results are the same', number)
    .option('--redis <url>', 'give the work to workers on Redis or Valkey, in place of threads here')
    .option(
      '--objects <place>',
      'shared folder or s3://bucket/prefix that workers fetch the data from; they are put there',
    )
    .option('--prepare', 'with --redis: workers make the slices first, a day each, in a cache they share')
    .option(
      '--lanes <n>',
      'most runs that share a market and its decode: more take less time and more memory',
      number,
      25,
    )
    .option('--data <dir>', 'directory of batch jobs or loose files')
    .option('--underlying <symbol>', 'OCC roots of the contracts, separated by commas')
    .option('--from <date>', 'first trading date, YYYY-MM-DD')
    .option('--to <date>', 'last trading date, YYYY-MM-DD')
    .option('--strategy <name>', 'built-in name, package, or path of a module')
    .option('--preset <name>', 'named settings of the strategy')
    .option('--set <name=value...>', 'a setting of the strategy, over the preset')
    .option('--config <file>', 'JSON file with the same names; flags lie over it')
    .option('--cash <dollars>', 'starting cash', number)
    .option('--costs <schedule>', 'alpaca, ibkr-tiered or flat')
    .option('--fill-model <model>', 'nextQuote, queue, freshOnly or immediate')
    .option('--slippage-pct <percent>', 'how much worse than the touch a fill is', number)
    .option('--workers <n>', 'threads that make slices (default 1)', number)
    .option('--cache <dir>', 'where slices are kept (default: the cache directory of the user)')
    .option('--no-cache', 'read the original files every time, and keep no slices')
    .option('--out <dir>', 'directory of the output; the store lies beside it')
    .option('--json', 'print the outcome on standard output')
    .option('--quiet', 'no progress bar and no summary')
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
