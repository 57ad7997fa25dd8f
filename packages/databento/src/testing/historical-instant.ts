import { parameterProblem } from './historical-problem.js'

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?)?$/
const NS_PER_MS = 1_000_000n

/** From `start` up to, not including, `end`; ns since 1970. */
export interface NsRange {
  readonly start: bigint
  readonly end: bigint
}

/** What `start` and `end` mean; an end left out is the start rounded up by its own resolution. */
export function toNsRange(start: string | undefined, end: string | undefined): NsRange {
  if (start === undefined) throw parameterProblem('start', 'Field required')
  const from = parseInstant('start', start)
  const to = end === undefined ? from.ns + from.resolution : parseInstant('end', end).ns
  return { start: from.ns, end: to }
}

function parseInstant(parameter: string, text: string): { ns: bigint; resolution: bigint } {
  if (/^\d{9,20}$/.test(text)) return { ns: BigInt(text), resolution: 1n }
  const [whole, date, hour, minute, second, fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  if (whole === undefined) throw parameterProblem(parameter, `"${text}" is no time`)
  const ms = Date.parse(`${date}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${zone}`)
  if (Number.isNaN(ms)) throw parameterProblem(parameter, `"${text}" is no time`)
  const ns = BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'))
  return { ns, resolution: resolutionOf(hour, minute, second, fraction) }
}

function resolutionOf(
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string,
): bigint {
  if (fraction !== '') return 10n ** BigInt(9 - fraction.length)
  if (second !== undefined) return 1_000_000_000n
  if (minute !== undefined) return 60_000_000_000n
  return hour === undefined ? 86_400_000_000_000n : 3_600_000_000_000n
}

/** ISO 8601 text with ns. */
export function toIso(ns: bigint): string {
  const seconds = new Date(Number(ns / NS_PER_MS)).toISOString().slice(0, 19)
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}

/** The UTC day of an instant. */
export function toDay(ns: bigint): string {
  return toIso(ns).slice(0, 10)
}
