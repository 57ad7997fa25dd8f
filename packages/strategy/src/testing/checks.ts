import type { JournalEntry, Us } from '@scalp/canonical'
import { resolveConfig } from '../config.js'
import { CONTRACT_VERSION, type Strategy } from '../contract.js'
import { forbidAmbient } from './ambient.js'
import type { StrategyHarness, Trial, TrialResult } from './harness.js'

/** What a strategy is checked with. */
export interface ConformanceOptions {
  readonly harness: StrategyHarness
  /** Settings over the preset's or the defaults; such that it trades, or half of the checks have nothing to see. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly preset?: string
  /** Names the market that the harness makes. */
  readonly market?: string
  /** Instants at which data are cut, for looking ahead, and at which it restarts; 5 unless told. */
  readonly cuts?: number
}

/** One thing that a strategy of ours and of strangers' must hold. */
export interface Check {
  readonly name: string
  /** A sentence that says what is wrong; undefined when nothing is. */
  readonly find: (bench: Bench) => Promise<string | undefined>
}

/** A strategy with its settings, and runs of it. */
export class Bench {
  readonly strategy: Strategy<unknown>
  readonly options: ConformanceOptions
  #config: unknown
  #plain: Promise<TrialResult> | undefined

  constructor(strategy: Strategy<unknown>, options: ConformanceOptions) {
    this.strategy = strategy
    this.options = options
  }

  /** The run that others are compared with. */
  plain(): Promise<TrialResult> {
    this.#plain ??= this.run({})
    return this.#plain
  }

  async run(trial: Partial<Trial>): Promise<TrialResult> {
    const { harness, settings, preset, market = 'conformance' } = this.options
    this.#config ??= await resolveConfig(this.strategy, {
      ...(preset === undefined ? {} : { preset }),
      overrides: settings ?? {},
    })
    return harness.run({ strategy: this.strategy, config: this.#config, market, ...trial })
  }

  /** Instants spread over a run, away from its ends. */
  async cuts(): Promise<readonly Us[]> {
    const { fromUs, toUs } = await this.plain()
    const count = this.options.cuts ?? 5
    return Array.from({ length: count }, (_, at) =>
      Math.round(fromUs + ((toUs - fromUs) * (at + 1)) / (count + 1)),
    )
  }

  /** An hour after the close of each session but the last. */
  async nights(): Promise<readonly Us[]> {
    const { journal } = await this.plain()
    const closes = journal
      .filter(({ type }) => type === 'session-closed')
      .map(({ atUs }) => atUs + US_PER_HOUR)
    return closes.slice(0, -1).slice(0, this.options.cuts ?? 5)
  }
}

/** What every strategy must hold, in the order in which it is best looked at. */
export const CHECKS: readonly Check[] = [
  {
    name: 'names the contract it was written for, and itself in kebab case',
    find: async ({ strategy: { contract, name } }) => {
      if (contract !== CONTRACT_VERSION)
        return `It is written for contract ${contract}; this is ${CONTRACT_VERSION}.`
      return /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) ? undefined : `"${name}" is not in kebab case.`
    },
  },
  {
    name: 'has presets that its own schema accepts',
    find: async ({ strategy, options }) => {
      for (const preset of Object.keys(strategy.presets ?? {})) {
        try {
          await resolveConfig(strategy, { preset, overrides: options.settings ?? {} })
        } catch (error) {
          return `Preset "${preset}": ${error instanceof Error ? error.message : String(error)}`
        }
      }
      return undefined
    },
  },
  {
    name: 'trades on this market, so that the other checks have something to see',
    find: async (bench) => {
      const { submitted, trades } = await bench.plain()
      return submitted > 0 && trades > 0
        ? undefined
        : `It sent ${submitted} orders and closed ${trades} trades: give settings or a market on which it trades.`
    },
  },
  {
    name: 'decides the same twice',
    find: async (bench) => firstDifference(await bench.plain(), await bench.run({}), 'The second run'),
  },
  {
    name: 'decides nothing by what comes later',
    find: async (bench) => {
      const whole = await bench.plain()
      for (const untilUs of await bench.cuts()) {
        const cut = await bench.run({ untilUs })
        const problem = firstDifference(
          before(whole, untilUs),
          before(cut, untilUs),
          `Without the data from ${untilUs} µs on, it`,
        )
        if (problem !== undefined) return problem
      }
      return undefined
    },
  },
  {
    name: 'reads no clock, takes no chance, starts no timer and fetches nothing',
    find: async (bench) => {
      const used = new Set<string>()
      const result = await bench.run({ around: (call) => forbidAmbient(call, (name) => void used.add(name)) })
      if (used.size > 0)
        return `It uses ${[...used].sort().join(', ')}; take time from the events and chance from context.random.`
      return firstDifference(await bench.plain(), result, 'Without clock and chance it')
    },
  },
  {
    name: 'keeps no view that it was lent',
    find: async (bench) =>
      firstDifference(
        await bench.plain(),
        await bench.run({ poisonsViews: true }),
        'With views overwritten after each call it',
      ),
  },
  {
    name: 'spends no more than there is, in whole contracts',
    find: async (bench) => {
      const { lowestCashMicros, journal } = await bench.plain()
      if (!(lowestCashMicros >= 0)) return `Cash fell to ${lowestCashMicros} micro-dollars.`
      for (const { type, order } of journal) {
        if (type !== 'order-submitted') continue
        const { contracts } = order as { readonly contracts: unknown }
        if (!Number.isInteger(contracts)) return `It sent an order of ${String(contracts)} contracts.`
      }
      return undefined
    },
  },
  {
    name: 'earns less when it costs more',
    find: async (bench) => {
      const [plain, dear] = [await bench.plain(), await bench.run({ costFactor: 3 })]
      return dear.fills === 0 || dear.feesMicros / dear.fills > plain.feesMicros / plain.fills
        ? undefined
        : 'With three times the fees it did not pay more for a fill.'
    },
  },
  {
    name: 'bears to be refused: it goes on, and does not ask again and again in one turn',
    find: async (bench) => {
      const { mostIntentsInATurn, fills, toUs } = await bench.run({ refusesEntries: true })
      const plain = await bench.plain()
      if (fills > 0) return `It filled ${fills} orders although every entry was refused.`
      if (toUs < plain.toUs) return 'It ended before the market did.'
      return mostIntentsInATurn <= MOST_INTENTS
        ? undefined
        : `It wished ${mostIntentsInATurn} orders in one turn.`
    },
  },
  {
    name: 'goes on after a restart overnight as if there had been none',
    find: async (bench) => {
      const whole = await bench.plain()
      for (const restartUs of await bench.nights()) {
        const restarted = await bench.run({ restartUs })
        const problem = firstDifference(whole, restarted, `Restarted at ${restartUs} µs, it`)
        if (problem !== undefined)
          return `${problem} What it must not forget belongs into snapshot and restore.`
      }
      return undefined
    },
  },
  {
    name: 'is flat when the market has ended',
    find: async (bench) => {
      const { heldAtEnd } = await bench.plain()
      return heldAtEnd === 0 ? undefined : `It still holds ${heldAtEnd} contracts.`
    },
  },
]

const US_PER_HOUR = 3_600_000_000
const MOST_INTENTS = 50
/** Of these entries a decision is made; the rest follows from them, or is about the restart itself. */
const DECIDED = new Set([
  'order-submitted',
  'order-refused',
  'order-filled',
  'order-cancelled',
  'position-closed',
  'position-settled',
])

function before(result: TrialResult, us: Us): TrialResult {
  return { ...result, journal: result.journal.filter(({ atUs }) => atUs < us) }
}

/** Says where two runs part, in what they decided; undefined when they do not. */
function firstDifference(one: TrialResult, other: TrialResult, who: string): string | undefined {
  const [a, b] = [one, other].map(({ journal }) =>
    journal.filter(({ type }) => DECIDED.has(type)).map(lineOf),
  )
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at++)
    if (a?.[at] !== b?.[at])
      return `${who} decided otherwise at entry ${at}: ${b?.[at] ?? 'nothing more'} instead of ${a?.[at] ?? 'nothing more'}.`
  return undefined
}

/** Names that a run gives out in the order of their first use: after a restart they are others. */
const NAMES = new Set(['id', 'orderId', 'fillId', 'entryOrderId', 'exitOrderId', 'instrument'])

function lineOf(entry: JournalEntry): string {
  return JSON.stringify(entry, (key, value: unknown) => {
    if (NAMES.has(key)) return undefined
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  })
}
