import { existsSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DataClient, TradingClient } from '@scalp/alpaca'
import { createAlpacaFeed } from '@scalp/alpaca/live'
import { InstrumentTable, isScalpError, toDollars, wallClock } from '@scalp/canonical'
import { checkLiveAccess } from '@scalp/databento/live'
import { verifyJournal } from '@scalp/journal/sqlite'
import { createExchangeCalendar } from '@scalp/market-data'
import type { LiveConfig } from './config/schema.js'
import { optionSchemas } from './market/databento-feed.js'
import { asFeedError } from './market/feed-errors.js'
import { requireFeedKey } from './market/open-market.js'

/** What one look found. */
export interface Finding {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

type Look = (name: string, act: () => Promise<Omit<Finding, 'name'>> | Omit<Finding, 'name'>) => Promise<void>

const LEAST_FREE_BYTES = 2_000_000_000
const FEED_MS = 10_000
/** A minute, and what a sample of it may take to come. */
const MINUTE_MS = 65_000

/** Looks at everything a start needs: settings, disk, journal, clock, keys, entitlements, data. */
export async function examine(config: LiveConfig): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const look: Look = async (name, act) => {
    try {
      findings.push({ name, ...(await act()) })
    } catch (error) {
      const hint = isScalpError(error) && error.hint !== undefined ? ` ${error.hint}` : ''
      findings.push({
        name,
        state: 'failed',
        detail: `${error instanceof Error ? error.message : String(error)}${hint}`,
      })
    }
  }
  await look('configuration', () =>
    ok(`mode ${config.mode}, ${config.symbols.join(', ')}, strategy ${config.strategy}`),
  )
  await look('disk', () => disk(config))
  await look('journal', () => journal(config))
  await look('calendar', () => calendar())
  if (config.mode === 'demo') return findings
  if (config.mode === 'replay') {
    await look('data', () =>
      existsSync(config.replay.data)
        ? ok(config.replay.data)
        : failed(`${config.replay.data || 'replay.data'} is no folder`),
    )
    return findings
  }
  if (config.feed.kind === 'databento') await databento(config, look)
  const { keyId, secretKey, tradingUrl, dataUrl } = config.alpaca
  if (keyId === '' || secretKey === '') {
    findings.push({
      name: 'keys',
      state: 'failed',
      detail: 'ALPACA_API_KEY and ALPACA_SECRET_KEY are not set',
    })
    return findings
  }
  const trading = new TradingClient({
    keyId,
    secretKey,
    retries: 0,
    environment: config.mode === 'live' ? 'live' : 'paper',
    isLiveConfirmed: config.mode === 'live',
    ...(tradingUrl === undefined ? {} : { baseUrl: tradingUrl }),
  })
  const data = new DataClient({
    keyId,
    secretKey,
    retries: 0,
    ...(dataUrl === undefined ? {} : { baseUrl: dataUrl }),
  })
  await look('keys', async () => {
    const account = await trading.account()
    const cash = `$${toDollars(account.cashMicros).toFixed(2)} cash`
    return account.isTradable
      ? ok(`account ${account.status}, ${cash}`)
      : failed(`account ${account.status}: it may not trade`)
  })
  await look('option level', async () => {
    const { optionsTradingLevel } = await trading.account()
    return optionsTradingLevel >= 2
      ? ok(`level ${optionsTradingLevel}`)
      : failed(`level ${optionsTradingLevel}; buying options needs 2`)
  })
  await look('clock', async () => {
    const sentMs = performance.now()
    const { nowUs } = await trading.clock()
    const skewMs = (wallClock.nowUs() - nowUs) / 1_000 - (performance.now() - sentMs) / 2
    const text = `${Math.round(skewMs)} ms from the venue's`
    if (config.clock !== undefined) return warning('set by the configuration: not that of the wall')
    return Math.abs(skewMs) <= config.risk.maxClockSkewMs ? ok(text) : failed(`${text}; is NTP running?`)
  })
  await look('prices', async () => {
    const trades = await data.latestStockTrades(config.symbols)
    const missing = config.symbols.filter((symbol) => !trades.has(symbol))
    return missing.length === 0
      ? ok(`of ${config.symbols.join(', ')}`)
      : failed(`none of ${missing.join(', ')}`)
  })
  if (config.feed.kind === 'alpaca' || config.databento.underlying.from === 'alpaca')
    await look('entitlements', () => entitlements(config))
  return findings
}

/** Asks each gateway whether it lets the key in. Nothing is subscribed to, so nothing is billed. */
async function databento(config: LiveConfig, look: Look): Promise<void> {
  const { apiKey, dataset, gateway, quotes, underlying } = config.databento
  await look('databento key', () => {
    requireFeedKey(config)
    return ok('it is there')
  })
  if (quotes === 'cbbo-1m' && Math.min(config.risk.maxSilenceMs, config.gates.maxUnderlyingAgeMs) < MINUTE_MS)
    await look('databento samples', () =>
      warning(
        `${quotes} comes once a minute: with risk.maxSilenceMs and gates.maxUnderlyingAgeMs below ${MINUTE_MS} nearly nothing is bought`,
      ),
    )
  if (apiKey === '') return
  const ask = async (
    asked: string,
    at: LiveConfig['databento']['gateway'],
    schemas: readonly string[],
  ): Promise<Omit<Finding, 'name'>> => {
    const sentMs = performance.now()
    try {
      await checkLiveAccess({ apiKey, dataset: asked, ...at })
    } catch (error) {
      throw asFeedError(error, asked)
    }
    const ms = Math.round(performance.now() - sentMs)
    return ok(`it lets us in, after ${ms} ms; ${schemas.join(', ')} are not subscribed to here`)
  }
  await look(`databento ${dataset}`, () => ask(dataset, gateway, optionSchemas(config.databento)))
  if (underlying.from === 'dataset')
    await look(`databento ${underlying.dataset}`, () =>
      ask(underlying.dataset, underlying.gateway, [underlying.schema]),
    )
}

async function entitlements({ alpaca, feed: chosen, symbols }: LiveConfig): Promise<Omit<Finding, 'name'>> {
  const { keyId, secretKey, optionFeed, stockFeed, streamUrl } = alpaca
  let refusal = 'the streams did not come up in time'
  const feed = createAlpacaFeed({
    keyId,
    secretKey,
    instruments: new InstrumentTable(),
    contracts: chosen.kind === 'alpaca' ? ['SPY300118C00600000'] : [],
    underlyings: symbols,
    optionFeed,
    stockFeed,
    ...(streamUrl === undefined ? {} : { baseUrl: streamUrl }),
    onEnded: (error) => {
      refusal = error.message
    },
  })
  const nothing = (): undefined => undefined
  const sink = { onQuote: nothing, onTrade: nothing, onBar: nothing, onStatistic: nothing }
  const isUp = await Promise.race([
    feed.start(sink).then(
      () => true,
      (error: unknown) => {
        refusal = String(error)
        return false
      },
    ),
    new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), FEED_MS).unref()
    }),
  ])
  await feed.stop()
  if (chosen.kind !== 'alpaca') return isUp ? ok(stockFeed) : failed(`${stockFeed}: ${refusal}`)
  if (!isUp) return failed(`${optionFeed} and ${stockFeed}: ${refusal}`)
  return optionFeed === 'indicative'
    ? warning('indicative option quotes are delayed and altered: fine to try things, not to trade on')
    : ok(`${optionFeed} and ${stockFeed}`)
}

function disk({ data }: LiveConfig): Omit<Finding, 'name'> {
  const directory = path.resolve(data.directory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(directory, '.writable'), '')
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  const text = `${(free / 1e9).toFixed(1)} GB free in ${directory}`
  return free > LEAST_FREE_BYTES ? ok(text) : warning(`${text}: a busy day takes one or two`)
}

function journal({ data }: LiveConfig): Omit<Finding, 'name'> {
  const file = path.join(path.resolve(data.directory), 'scalp.db')
  if (!existsSync(file)) return ok('none yet')
  const { ok: isWhole, lines } = verifyJournal(file)
  return isWhole
    ? ok(`${lines} entries, the chain holds`)
    : failed(`${file}: the chain is broken; see scalp-journal verify`)
}

function calendar(): Omit<Finding, 'name'> {
  const exchange = createExchangeCalendar()
  const nowUs = wallClock.nowUs()
  const session = exchange.session(nowUs)
  if (session === undefined) return ok('no session today')
  const state = exchange.isOpen(nowUs) ? 'open' : 'closed'
  return ok(`the market is ${state}${session.isEarlyClose ? ', early close today' : ''}`)
}

function ok(detail: string): Omit<Finding, 'name'> {
  return { state: 'ok', detail }
}

function warning(detail: string): Omit<Finding, 'name'> {
  return { state: 'warning', detail }
}

function failed(detail: string): Omit<Finding, 'name'> {
  return { state: 'failed', detail }
}
