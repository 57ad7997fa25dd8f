import { Command, InvalidArgumentError } from 'commander'
import { startDemo } from './session/demo.js'
import { version } from './version.js'

/** The command line of `scalp-live`. */
export function createProgram(): Command {
  const program = new Command('scalp-live')
    .description('Trades options by a strategy, records what it saw, and shows why it did what it did.')
    .version(version)
    .showHelpAfterError('(scalp-live --help tells more)')
    .exitOverride()
  program
    .command('demo')
    .description('A simulated Alpaca and a market that never was: no keys, nothing leaves this machine.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', number, 8787)
    .option('--symbol <symbol>', 'underlying', 'TSLA')
    .option('--seed <seed>', 'of the market', 'demo')
    .option('--speed <x>', 'times as fast as real time', number, 1)
    .option('--token <token>', 'operator token; a new one each time unless told')
    .action(
      async (flags: {
        host: string
        port: number
        symbol: string
        seed: string
        speed: number
        token?: string
      }) => {
        const demo = await startDemo(flags)
        console.log(`scalp-live demo is running. Open ${demo.url}/#token=${demo.token}`)
        console.log('Ctrl-C ends it.')
        const stop = (): void => {
          process.off('SIGINT', stop).off('SIGTERM', stop)
          void demo.stop().then(() => process.exit())
        }
        process.on('SIGINT', stop).on('SIGTERM', stop)
      },
    )
  for (const command of program.commands) command.exitOverride()
  return program
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
