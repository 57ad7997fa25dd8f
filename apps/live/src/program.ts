import type { Command as Wish } from '@scalp/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parity } from './commands/parity.js'
import { start } from './commands/start.js'
import { type ConfigSources, loadLiveConfig } from './config/load.js'
import type { LiveConfig } from './config/schema.js'
import { hideSecrets } from './config/secrets.js'
import { type Daemon, readToken } from './daemon.js'
import { examine } from './doctor.js'
import { LiveConfigError } from './errors.js'
import { RemoteDaemon } from './remote.js'
import { version } from './version.js'

interface Flags {
  readonly config?: string
  readonly mode?: string
  readonly symbols?: string
  readonly feed?: string
  readonly strategy?: string
  readonly preset?: string
  readonly data?: string
  readonly host?: string
  readonly port?: number
  readonly dataset?: string
  readonly speed?: number
  readonly seed?: string
  readonly logLevel?: string
  readonly token?: string
  readonly url?: string
}

/** The command line of `scalp-live`. */
export function createProgram(): Command {
  const program = new Command('scalp-live')
    .description('Trades options by a strategy, records what it saw, and shows why it did what it did.')
    .version(version)
    .showHelpAfterError('(scalp-live --help tells more)')
    .exitOverride()

  configured(program.command('start'))
    .description('Run until Ctrl-C. Paper, dry-run, replay or demo by --mode; live takes two switches.')
    .option(
      '--live',
      'the second switch of live trading; the first is "liveTrading": true in the config file',
    )
    .action(async (flags: Flags & { live?: boolean }) => {
      const config = await load(flags)
      await start(config, flags.live === true, tell)
    })
  configured(program.command('demo'))
    .description('A simulated Alpaca and a market that never was: no keys, nothing leaves this machine.')
    .action(async (flags: Flags) => {
      const config = await load({ data: 'out/live-demo', logLevel: 'warn', ...flags, mode: 'demo' })
      await start(config, false, tell)
    })
  configured(program.command('config'))
    .description('Print the settings in force, secrets hidden.')
    .action(async (flags: Flags) => {
      console.log(JSON.stringify(hideSecrets(await load(flags)), undefined, 2))
    })
  configured(program.command('doctor'))
    .description('Look at keys, clock, entitlements, data and disk.')
    .action(async (flags: Flags) => {
      const findings = await examine(await load(flags))
      for (const { name, state, detail } of findings) console.log(`${MARKS[state]} ${name}: ${detail}`)
      if (findings.some(({ state }) => state === 'failed')) process.exitCode = 1
    })
  configured(program.command('parity'))
    .description('Replay a recorded session and compare every decision; the newest unless named.')
    .argument('[session]', 'id of a session, or path of its recording')
    .option(
      '--break-clock <ms>',
      'shift the time of events after the first thousand, to see that it is caught',
      number,
    )
    .option('--json', 'print the report as JSON')
    .action(async (session: string | undefined, flags: Flags & { breakClock?: number; json?: boolean }) => {
      const config = await load(flags)
      process.exitCode = await parity(config, session, { breakClockMs: flags.breakClock, json: flags.json })
    })
  remote(program.command('status'))
    .description('What a running daemon does.')
    .option('--json', 'print as JSON')
    .action(async (flags: Flags & { json?: boolean }) => {
      const daemon = await reach(flags)
      const [status, account, health, positions] = await Promise.all([
        daemon.get('/api/scalp/status'),
        daemon.get('/api/trading/account'),
        daemon.get('/api/health'),
        daemon.get('/api/positions'),
      ])
      if (flags.json === true)
        console.log(JSON.stringify({ status, account, health, positions }, undefined, 2))
      else console.log(describe({ status, account, health, positions }))
    })
  for (const [name, description] of Object.entries(WISHES)) {
    const command = remote(program.command(name))
      .description(description)
      .option('--reason <text>', 'goes into the journal')
    if (name === 'flatten') command.option('--contract <symbol>', 'one contract only')
    command.action(async (flags: Flags & { reason?: string; contract?: string }) => {
      const { reason, contract } = flags
      const result = await (await reach(flags)).command({
        command: name as Wish['command'],
        ...(reason === undefined ? {} : { reason }),
        ...(contract === undefined ? {} : { optionSymbol: contract }),
      })
      console.log(result.message)
      if (!result.ok) process.exitCode = 1
    })
  }
  for (const command of program.commands) command.exitOverride()
  return program
}

const MARKS = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ' } as const
const WISHES = {
  halt: 'Refuse entries; exits go on.',
  resume: 'Allow entries again.',
  flatten: 'Cancel what rests and sell what is held.',
  kill: 'Throw the kill switch: flatten, and buy nothing until rearm.',
  rearm: 'Reset the kill switch; entries stay halted until resume.',
  reconcile: 'Compare orders and positions with the account, now.',
} as const

function configured(command: Command): Command {
  return command
    .option('--config <file>', 'JSON file; environment and flags lie over it')
    .addOption(
      new Option('--mode <mode>', 'what to run on').choices(['paper', 'live', 'dry-run', 'replay', 'demo']),
    )
    .option('--symbols <list>', 'underlyings, separated by commas')
    .addOption(new Option('--feed <kind>', 'where market data come from').choices(['alpaca', 'databento']))
    .option('--strategy <name>', 'built-in name, package, or path of a module')
    .option('--preset <name>', 'named settings of the strategy')
    .option('--data <dir>', 'where journal and recordings go')
    .option('--host <address>', 'address to listen on; loopback unless told')
    .option('--port <n>', 'port to listen on; 8787 unless told', number)
    .option('--dataset <dir>', 'of a replay: folder of Databento files')
    .option('--speed <x>', 'of a replay or demo: times as fast as real time', number)
    .option('--seed <seed>', 'of the demo market')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .option('--token <token>', 'operator token; better set SCALP_LIVE_OPERATOR_TOKEN')
}

function remote(command: Command): Command {
  return command
    .option('--url <url>', 'of the daemon; http://127.0.0.1:8787 unless told')
    .option('--token <token>', 'operator token; that of the data folder unless told')
    .option('--config <file>', 'the config file of the daemon, to find port and token')
    .option('--data <dir>', 'the data folder of the daemon, to find its token')
}

function load(flags: Flags): Promise<LiveConfig> {
  const { mode, speed, symbols } = flags
  const sources: ConfigSources = {
    file: flags.config,
    env: process.env,
    flags: {
      mode,
      symbols: symbols?.split(',').map((symbol) => symbol.trim()),
      feed: { kind: flags.feed },
      strategy: flags.strategy,
      preset: flags.preset,
      data: { directory: flags.data },
      server: {
        host: flags.host,
        port: flags.port,
        operatorTokens: flags.token === undefined ? undefined : [flags.token],
      },
      replay: { data: flags.dataset, speed: mode === 'replay' ? speed : undefined },
      demo: { seed: flags.seed, speed: mode === 'demo' ? speed : undefined },
      log: { level: flags.logLevel },
    },
  }
  return loadLiveConfig(sources)
}

async function reach(flags: Flags): Promise<RemoteDaemon> {
  const { token: given, ...others } = flags
  const config = await load(others)
  const { host, port } = config.server
  const token = given ?? readToken(config)
  if (token === undefined)
    throw new LiveConfigError({
      source: 'No token is known',
      problems: [
        'give --token, set SCALP_LIVE_OPERATOR_TOKEN, or name the data folder of the daemon with --data',
      ],
    })
  return new RemoteDaemon({
    url: flags.url ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    token,
  })
}

function tell({ url, token, opened }: Daemon): void {
  const link = token === undefined ? url : `${url}/#token=${token}`
  console.log(`scalp-live is running (${opened.runId}). Open ${link}`)
  console.log('Ctrl-C ends it; positions stay as they are.')
}

type Shown = {
  status: {
    mode: string
    halted: boolean
    haltReason: string | null
    dailyPnl: number
    tradesToday: number
    marketTime: string
  }
  account: { equity: number | null; openPositionCount: number }
  health: { isReady: boolean; problems: string[]; eventsPerSecond: number; decision: { p99: number | null } }
  positions: { optionSymbol: string; contracts: number; pnlPct: number | null; exitReason: string | null }[]
}

function describe({ status, account, health, positions }: Shown): string {
  const state = status.halted
    ? `halted: ${status.haltReason}`
    : health.isReady
      ? 'ready'
      : health.problems.join('; ')
  return [
    `${status.mode}, ${state}; market time ${status.marketTime}`,
    `equity $${account.equity ?? '?'}, today $${status.dailyPnl} in ${status.tradesToday} trades`,
    `${health.eventsPerSecond} events/s, decision p99 ${health.decision.p99 ?? '?'} ms`,
    ...positions.map(
      ({ optionSymbol, contracts, pnlPct, exitReason }) =>
        `${optionSymbol} ${contracts} at ${pnlPct ?? '?'} %${exitReason === null ? '' : `, leaving: ${exitReason}`}`,
    ),
  ].join('\n')
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
