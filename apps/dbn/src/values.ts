import { InvalidArgumentError } from 'commander'

const NS_PER_SECOND = 1_000_000_000n

/** A time in ns since 1970 as ISO 8601 with nine digits; the undefined time by its name. */
export function formatNs(ns: bigint): string {
  if (ns === 0xffff_ffff_ffff_ffffn) return 'undefined'
  const seconds = new Date(Number(ns / NS_PER_SECOND) * 1_000).toISOString().slice(0, 19)
  return `${seconds}.${String(ns % NS_PER_SECOND).padStart(9, '0')}Z`
}

/** A whole number with separators of thousands. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US')
}

/** A size in the unit that suits it. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** Reads a whole number from 0. */
export function toCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.')
  return Number(text)
}

/** Reads a list with commas between its items. */
export function toList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.includes('')) throw new InvalidArgumentError('It must be names with commas between them.')
  return items
}
