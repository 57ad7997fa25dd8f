import { Command, InvalidArgumentError, Option } from 'commander'
import { type PlayFlags, startPlaying } from './play.js'
import { version } from './version.js'

/** Codes of errors that a corrected call would not meet: exit code 2. */
export const wrongCalls: ReadonlySet<string> = new Set(['CALL_INVALID', 'NOTHING_TO_PLAY', 'DATA_DIRECTORY'])

/** The command line of `scalp-fake-alpaca`. */
export function createProgram(): Command {
  return new Command('scalp-fake-alpaca')
    .description(
      "A simulated Alpaca on loopback: REST, the option, stock and trading streams under Alpaca's own paths on one port.",
    )
    .version(version)
    .showHelpAfterError('(scalp-fake-alpaca --help tells more)')
    .exitOverride()
    .option('--port <n>', 'port to listen on; 0 takes a free one', port, 0)
    .option(
      '--data <dir>',
      'play a directory of Databento files, or of *.jsonl files with one message of a data stream a line; a synthetic market unless given',
    )
    .option('--underlying <symbol>', 'of Databento files: one root and its shares')
    .option('--from <date>', 'of Databento files: first date, YYYY-MM-DD')
    .option('--to <date>', 'of Databento files: last date')
    .option('--speed <x>', 'times as fast as recorded', speed, 1)
    .addOption(
      new Option(
        '--clock <clock>',
        'what the server takes for now: the wall clock, or the time of the data (the default for Databento files, whose contracts have expired since)',
      ).choices(['now', 'data']),
    )
    .option('--cash <dollars>', 'of the account', dollars, 100_000)
    .option('--key <id>', 'the only key that is accepted; any pair unless given')
    .option('--secret <word>', 'its secret')
    .action(async (flags: PlayFlags) => {
      const { alpaca, what, played, stop } = await startPlaying(flags)
      const end = (): void => {
        void stop().then(() => process.exit(0))
      }
      process.once('SIGINT', end)
      process.once('SIGTERM', end)
      console.log(`REST     ${alpaca.url}`)
      console.log(`streams  ${alpaca.streamUrl}  (/v1beta1/opra, /v2/sip, /stream, …)`)
      console.log(`Playing ${what} at ${flags.speed} ×. Ctrl-C ends it.`)
      const rows = await played
      console.log(`Played ${rows.toLocaleString('en-US')} messages; the server goes on with the last book.`)
    })
}

function port(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return value
}

function speed(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function dollars(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1e9)) throw new InvalidArgumentError('It must be an amount in dollars.')
  return value
}
