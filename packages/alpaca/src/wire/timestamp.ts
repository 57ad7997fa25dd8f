import type { Us } from '@scalp/canonical'

/** An instant as Alpaca's streams carry it: whole seconds and nanoseconds, so that nothing is rounded. */
export class WireTimestamp {
  /** Seconds since 1970. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanos: number

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds
    this.nanos = nanos
  }

  /** Microseconds since 1970, the nanoseconds below them cut off. */
  get us(): Us {
    return toUs(this.seconds, this.nanos)
  }

  /** Nanoseconds since 1970, exact. */
  get ns(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos)
  }

  /** RFC 3339 in UTC, with as many decimals as the nanoseconds need. */
  toString(): string {
    const date = new Date(this.seconds * 1_000).toISOString().slice(0, 19)
    const decimals = String(this.nanos).padStart(9, '0').replace(/0+$/, '')
    return decimals === '' ? `${date}Z` : `${date}.${decimals}Z`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** A timestamp of microseconds since 1970. */
export function timestampOfUs(us: Us): WireTimestamp {
  const seconds = Math.floor(us / 1_000_000)
  return new WireTimestamp(seconds, (us - seconds * 1_000_000) * 1_000)
}

/** Microseconds of seconds and nanoseconds. */
export function toUs(seconds: number, nanos: number): Us {
  return seconds * 1_000_000 + Math.floor(nanos / 1_000)
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/

/** Reads RFC 3339 with any offset and up to nine decimals, exactly; undefined when it is none. */
export function parseTimestamp(text: string): WireTimestamp | undefined {
  const match = RFC_3339.exec(text)
  if (match === null) return undefined
  const [, date, time, decimals = '', offset = 'Z'] = match
  const milliseconds = Date.parse(`${date}T${time}${offset.toUpperCase()}`)
  if (Number.isNaN(milliseconds)) return undefined
  return new WireTimestamp(milliseconds / 1_000, Number(decimals.padEnd(9, '0')))
}
