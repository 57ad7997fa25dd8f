import { isIsoDate } from '@scalp/canonical'
import { z } from 'zod'

const isoDate = z.string().refine(isIsoDate, 'must be a date YYYY-MM-DD')
const symbol = z.string().regex(/^[A-Z][A-Z0-9]{0,5}$/, 'must be a symbol such as TSLA')
const positive = z.number().positive()
const secret = z.string().default('')
const ownGateway = z
  .strictObject({ host: z.string().min(1), port: z.number().int().min(1).max(65_535).default(13_000) })
  .optional()
const secrets = z.array(z.string().min(12, 'must have at least 12 characters')).default([])

/** Everything a daemon depends on, as written in a config file; environment and flags lie over it. */
export const liveConfigSchema = z.strictObject({
  /** `paper` and `live` trade an account, `dry-run` fills by simulation, `replay` plays a dataset, `demo` needs nothing. */
  mode: z.enum(['paper', 'live', 'dry-run', 'replay', 'demo']).default('dry-run'),
  /** The first of two switches of mode `live`; the flag `--live` is the other. */
  liveTrading: z.boolean().default(false),
  symbols: z.array(symbol).min(1).max(20).default(['TSLA']),
  /** A built-in name, a package, or a path to a module. */
  strategy: z.string().min(1).default('momentum-scalper'),
  preset: z.string().nullable().default('tuned'),
  /** The strategy's own settings, over the preset's. */
  settings: z.record(z.string(), z.unknown()).default({}),
  alpaca: z
    .strictObject({
      keyId: secret,
      secretKey: secret,
      optionFeed: z.enum(['opra', 'indicative']).default('indicative'),
      stockFeed: z.enum(['sip', 'iex', 'delayed_sip']).default('iex'),
      requestsPerMinute: z.number().int().positive().default(200),
      /** Origins of another server, such as `scalp-fake-alpaca`. */
      tradingUrl: z.url().optional(),
      dataUrl: z.url().optional(),
      streamUrl: z.url().optional(),
      tradingStreamUrl: z.url().optional(),
    })
    .prefault({}),
  feed: z
    .strictObject({
      /** Where market data come from; orders always go to Alpaca. Not for `replay` and `demo`. */
      kind: z.enum(['alpaca', 'databento']).default('alpaca'),
    })
    .prefault({}),
  /** Of the feed `databento`. */
  databento: z
    .strictObject({
      apiKey: secret,
      /** Of options. */
      dataset: z
        .string()
        .regex(/^OPRA\.[A-Z0-9]+$/, 'must be a dataset of options such as OPRA.PILLAR')
        .default('OPRA.PILLAR'),
      /** Schema of quotes: every change, or one sample a second or a minute. */
      quotes: z.enum(['cmbp-1', 'cbbo-1s', 'cbbo-1m']).default('cmbp-1'),
      /** Schema of trades; `auto`: those that `cmbp-1` brings itself, else `trades`. */
      trades: z.enum(['auto', 'trades', 'tcbbo', 'none']).default('auto'),
      /** `contracts` follows the universe around the money, `parent` takes every contract of the symbols. */
      subscribe: z.enum(['contracts', 'parent']).default('contracts'),
      underlying: z
        .strictObject({
          /** `options` implies prices from option quotes, `alpaca` takes Alpaca's stock stream, `dataset` another dataset. */
          from: z.enum(['options', 'alpaca', 'dataset']).default('options'),
          dataset: z
            .string()
            .regex(/^(?!OPRA\.)[A-Z0-9]+\.[A-Z0-9]+$/, 'must be a dataset of shares such as EQUS.MINI')
            .default('EQUS.MINI'),
          /** Each of them has trades, which are what prices are made of. */
          schema: z.enum(['trades', 'tbbo', 'mbp-1']).default('trades'),
          /** Of another gateway than the dataset's own. */
          gateway: ownGateway,
        })
        .prefault({}),
      /** What the gateway does when we are too slow: leaves records out, or warns and in the end closes. */
      slowReader: z.enum(['skip', 'warn']).default('skip'),
      /** Silence of so long and 10 s more is a broken connection. */
      heartbeatSeconds: z.number().int().min(5).max(1_800).default(5),
      /** Of another gateway than the dataset's own, such as one of `@scalp/databento/testing`. */
      gateway: ownGateway,
    })
    .refine(
      ({ quotes, trades }) => quotes !== 'cmbp-1' || trades === 'auto' || trades === 'none',
      'trades: cmbp-1 brings its trades itself, leave them out',
    )
    .prefault({}),
  universe: z
    .strictObject({
      /** On each side of the money. */
      strikes: z.number().int().min(1).max(50).default(10),
      /** Days to expiry; the strategy's own where it has them. */
      maxDte: z.number().int().min(0).max(60).default(7),
    })
    .prefault({}),
  gates: z
    .strictObject({
      maxUnderlyingAgeMs: positive.default(5_000),
      maxQuoteAgeMs: positive.default(5_000),
      maxSpreadPct: positive.default(10),
      /** Greeks are computed from the quotes when an entry is decided; null asks for none. */
      maxGreeksAgeMs: positive.nullable().default(90_000),
      /** Of the absolute delta; null asks for none. */
      delta: z
        .strictObject({ min: z.number().min(0).max(1), max: z.number().min(0).max(1) })
        .nullable()
        .default({ min: 0.1, max: 0.8 }),
      /** 0 switches a gate off. */
      minOpenInterest: z.number().min(0).default(100),
      minVolume: z.number().min(0).default(0),
      maxPositionPct: positive.max(100).default(20),
      maxUnderlyingPct: positive.max(100).default(25),
      skipOpenMinutes: z.number().min(0).default(0),
      skipCloseMinutes: z.number().min(0).default(0),
      /** Rules of the broker's account, for `paper`, `live` and `demo`; null where it is held to none of them. */
      account: z
        .strictObject({
          /** `auto`: by the multiplier that the broker tells. */
          type: z.enum(['auto', 'cash', 'margin']).default('auto'),
          /** Day trades below $25,000, by the rule that held until 2026-06-04. */
          dayTrades: z.boolean().default(true),
          /** A cash account pays with settled money only. */
          settledCash: z.boolean().default(true),
          /** 2 buys options. */
          optionLevel: z.boolean().default(true),
          /** An older answer of the broker counts as none. */
          maxAgeSeconds: positive.default(60),
        })
        .nullable()
        .prefault({}),
    })
    .prefault({}),
  risk: z
    .strictObject({
      /** Percent of the session's opening equity; entries end there. */
      dailyLossPct: positive.max(100).default(10),
      drawdownPct: positive.max(100).optional(),
      losingStreak: z.number().int().positive().optional(),
      maxContracts: z.number().int().positive().default(100),
      /** Dollars of one order. */
      maxNotional: positive.default(25_000),
      fatFingerPct: positive.default(10),
      maxOpenPositions: z.number().int().positive().default(3),
      maxOrdersPerMinute: z.number().int().positive().default(30),
      maxOrdersPerDay: z.number().int().positive().default(500),
      /** Farthest that our clock may be from the venue's. */
      maxClockSkewMs: positive.default(1_000),
      /** What is still held near the close is sold, harder and harder, and nothing is bought; null holds overnight. */
      flatByClose: z
        .strictObject({
          /** Seconds before the close: a limit at the bid, ever lower limits, market orders, a call for somebody. */
          limitSeconds: positive.max(3_600).default(45),
          walkSeconds: positive.max(3_600).default(32),
          marketSeconds: positive.max(3_600).default(20),
          alertSeconds: positive.max(3_600).default(12),
          retrySeconds: positive.default(4),
          walkPct: positive.max(100).default(5),
        })
        .refine(
          (stages) =>
            stages.limitSeconds >= stages.walkSeconds &&
            stages.walkSeconds >= stages.marketSeconds &&
            stages.marketSeconds >= stages.alertSeconds,
          'must have its stages in order: limit, walk, market, alert',
        )
        .nullable()
        .prefault({}),
      /** No market event in the session for so long: entries are refused. */
      maxSilenceMs: positive.default(10_000),
    })
    .prefault({}),
  server: z
    .strictObject({
      /** Loopback unless told; put a TLS proxy in front of anything else. */
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(8_787),
      operatorTokens: secrets,
      readTokens: secrets,
      /** Further origins whose pages may connect. */
      origins: z.array(z.url()).default([]),
      /** Further names in `Host`. */
      hosts: z.array(z.string()).default([]),
      maxClients: z.number().int().positive().default(1_000),
      requestsPerMinute: z.number().int().positive().default(600),
    })
    .prefault({}),
  data: z
    .strictObject({
      /** Journal and recordings. */
      directory: z.string().min(1).default('scalp-data'),
      retainDays: z.number().int().positive().default(30),
      /** Records every event, so that the session can be replayed. */
      record: z.boolean().default(true),
      durability: z.enum(['disk', 'process']).default('disk'),
    })
    .prefault({}),
  simulation: z
    .strictObject({
      startingCash: positive.default(100_000),
      slippagePct: z.number().min(0).max(50).default(0.5),
      orderLatencyMs: z.number().min(0).default(50),
      responseLatencyMs: z.number().min(0).default(50),
      participation: z.number().min(0).max(1).default(1),
      feePerContract: z.number().min(0).default(0.7),
    })
    .prefault({}),
  replay: z
    .strictObject({
      /** Folder of Databento files. */
      data: z.string().default(''),
      from: isoDate.optional(),
      to: isoDate.optional(),
      speed: z.number().min(1).max(1_000).default(1),
    })
    .prefault({}),
  demo: z
    .strictObject({
      seed: z.string().default('demo'),
      speed: positive.max(1_000).default(1),
      /** Market seconds between bursts, on average. */
      burstSeconds: positive.default(60),
    })
    .prefault({}),
  /** Another time than that of the wall, for simulated servers: at the instant `wall` it was `market`. Not for `live`. */
  clock: z
    .strictObject({ wall: z.iso.datetime(), market: z.iso.datetime(), speed: positive.max(1_000).default(1) })
    .optional(),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  alerts: z
    .strictObject({
      minLevel: z.enum(['info', 'warning', 'critical']).default('warning'),
      /** Of one code; what is more is counted and told with the next. */
      perCodePerHour: z.number().int().positive().default(6),
      perHour: z.number().int().positive().default(60),
      webhook: z.strictObject({ url: z.url() }).optional(),
      telegram: z.strictObject({ botToken: z.string().min(1), chatId: z.string().min(1) }).optional(),
      email: z
        .strictObject({ smtpUrl: z.string().min(1), from: z.string().min(3), to: z.array(z.string()).min(1) })
        .optional(),
    })
    .prefault({}),
})

/** A validated configuration. */
export type LiveConfig = z.output<typeof liveConfigSchema>
