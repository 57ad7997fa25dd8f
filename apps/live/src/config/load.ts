import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { isScalpError } from '@scalp/canonical'
import { fromEnvironment } from '@scalp/scalping'
import { LiveConfigError } from '../errors.js'
import { type LiveConfig, liveConfigSchema } from './schema.js'

/** Where a configuration comes from; later ones lie over earlier ones: file, environment, flags. */
export interface ConfigSources {
  /** JSON with the names of the schema. */
  readonly file?: string | undefined
  /** Of the process; a file `.env` in the folder lies under it. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly envFile?: string | undefined
  readonly flags?: Readonly<Record<string, unknown>>
}

type Settings = Record<string, unknown>

/**
 * Reads and checks the configuration.
 *
 * @throws {@link LiveConfigError} On an unknown name, an unreadable value, or a file that is no JSON.
 */
export async function loadLiveConfig({
  file,
  env,
  envFile = '.env',
  flags = {},
}: ConfigSources): Promise<LiveConfig> {
  const fromFile = file === undefined ? {} : await readJson(file)
  const fromDisk = existsSync(envFile) ? parseEnv(await readFile(envFile, 'utf8')) : {}
  const fromEnv = readEnvironment({ ...fromDisk, ...env })
  const merged = merge(merge(fromFile, fromEnv), flags)
  const parsed = liveConfigSchema.safeParse({ ...ownPreset(merged), ...merged })
  if (parsed.success) return deepFreeze(parsed.data)
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  throw new LiveConfigError({ source: 'The configuration is wrong', problems })
}

/** The preset that holds unless one is named is one of our strategy; another strategy starts from its own defaults. */
function ownPreset({ strategy, preset }: Settings): Settings {
  const isOurs = strategy === undefined || strategy === liveConfigSchema.parse({}).strategy
  return preset === undefined && !isOurs ? { preset: null } : {}
}

const PREFIX = 'SCALP_LIVE_'
const OWN: Readonly<Record<string, (text: string) => Settings>> = {
  SCALP_LIVE_OPERATOR_TOKEN: (text) => ({ server: { operatorTokens: list(text) } }),
  SCALP_LIVE_READ_TOKEN: (text) => ({ server: { readTokens: list(text) } }),
  SCALP_LIVE_HOST: (text) => ({ server: { host: text } }),
  SCALP_LIVE_PORT: (text) => ({ server: { port: number('SCALP_LIVE_PORT', text) } }),
  SCALP_LIVE_DATA_DIR: (text) => ({ data: { directory: text } }),
  SCALP_LIVE_WEBHOOK_URL: (text) => ({ alerts: { webhook: { url: text } } }),
  ALPACA_API_KEY: (text) => ({ alpaca: { keyId: text } }),
  ALPACA_SECRET_KEY: (text) => ({ alpaca: { secretKey: text } }),
  DATABENTO_API_KEY: (text) => ({ databento: { apiKey: text } }),
  SCALP_LIVE_FEED: (text) => ({ feed: { kind: text } }),
  ALPACA_PAPER: (text) => (boolean('ALPACA_PAPER', text) ? {} : { mode: 'live' }),
  LOG_LEVEL: (text) => ({ log: { level: text.toLowerCase() === 'warning' ? 'warn' : text.toLowerCase() } }),
  MOCK_DATA: (text) => (boolean('MOCK_DATA', text) ? { mode: 'demo' } : {}),
  TRADING_MODE: (text) => ({ mode: tradingMode(text) }),
  SIMULATION_SPEED: (text) => ({ demo: { speed: number('SIMULATION_SPEED', text) } }),
  SIMULATION_BALANCE: (text) => ({ simulation: { startingCash: number('SIMULATION_BALANCE', text) } }),
  DATABENTO_DATA_DIR: (text) => ({ replay: { data: text } }),
  SCALP_SLIPPAGE_PCT: (text) => ({ simulation: { slippagePct: number('SCALP_SLIPPAGE_PCT', text) } }),
}

/** Variables of other parts of Scalp, which are none of the daemon's: of reading zstd, and of tests. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'SCALP_ZSTD',
  'SCALP_FIXTURES',
  'SCALP_REQUIRE_FIXTURES',
  'SCALP_SEED',
])

/** The variables of the specification's section 20, and our own `SCALP_LIVE_…`. */
function readEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  let settings: Settings = {}
  for (const [name, read] of Object.entries(OWN)) {
    const text = env[name]?.trim()
    if (text !== undefined && text !== '') settings = merge(settings, read(text))
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !Object.hasOwn(OWN, name))
  if (unknown.length > 0) throw environmentError(unknown.map((name) => `${name}: no such setting`))
  const strategy = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith(PREFIX) && !ELSEWHERE.has(name)),
  )
  try {
    const { preset, symbols, overrides } = fromEnvironment(strategy)
    return merge(settings, {
      ...(preset === undefined ? {} : { preset }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(Object.keys(overrides).length === 0 ? {} : { settings: overrides }),
    })
  } catch (error) {
    if (isScalpError(error)) throw environmentError([error.message.replace(/\.$/, '')])
    throw error
  }
}

function tradingMode(text: string): string {
  const modes: Readonly<Record<string, string>> = {
    off: 'dry-run',
    simulation: 'dry-run',
    paper: 'paper',
    live: 'live',
  }
  const mode = modes[text.toLowerCase()]
  if (mode === undefined)
    throw environmentError([`TRADING_MODE: ${text} is none of ${Object.keys(modes).join(', ')}`])
  return mode
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

function number(name: string, text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw environmentError([`${name}: "${text}" is no number`])
  return Number(text)
}

function boolean(name: string, text: string): boolean {
  if (/^(true|1|yes)$/i.test(text)) return true
  if (/^(false|0|no)$/i.test(text)) return false
  throw environmentError([`${name}: "${text}" is neither true/1/yes nor false/0/no`])
}

function environmentError(problems: readonly string[]): LiveConfigError {
  return new LiveConfigError({ source: 'The environment is wrong', problems })
}

async function readJson(file: string): Promise<Settings> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (isObject(value)) return value
  } catch (cause) {
    throw new LiveConfigError({
      source: `Config ${file}`,
      problems: [cause instanceof Error ? cause.message : String(cause)],
    })
  }
  throw new LiveConfigError({ source: `Config ${file}`, problems: ['it must hold a JSON object'] })
}

/** Objects are merged, everything else is replaced; an undefined value says nothing. */
function merge(under: Settings, over: Readonly<Settings>): Settings {
  const merged = { ...under }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const old = merged[key]
    merged[key] = isObject(old) && isObject(value) ? merge(old, value) : value
  }
  return merged
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
