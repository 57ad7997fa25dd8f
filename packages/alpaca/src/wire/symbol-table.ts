const decoder = new TextDecoder('latin1')
const encoder = new TextEncoder()

/** The most symbols one table holds: every option of a root fits, garbage does not fill the memory. */
const MAX_SYMBOLS = 65_536

/**
 * Gives symbols small dense ids straight from their bytes, so that a known one costs no string.
 *
 * Shape: ids count from 0 in the order of first sight and are never taken back.
 */
export class SymbolTable {
  readonly #symbols: string[] = []
  readonly #bytes: Uint8Array[] = []
  #slots = new Int32Array(1_024).fill(-1)

  get size(): number {
    return this.#symbols.length
  }

  /** The symbol of an id. */
  symbol(id: number): string {
    return this.#symbols[id] ?? ''
  }

  /** The id of the symbol in `bytes[start, start + length)`; -1 when the table is full. */
  intern(bytes: Uint8Array, start: number, length: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(bytes, start, length) & mask
    for (;;) {
      const id = this.#slots[slot] ?? -1
      if (id < 0) return this.#add(bytes.slice(start, start + length), slot)
      if (isSame(this.#bytes[id] as Uint8Array, bytes, start, length)) return id
      slot = (slot + 1) & mask
    }
  }

  /** The id of a symbol, interned at first sight; -1 when the table is full. */
  internText(symbol: string): number {
    const bytes = encoder.encode(symbol)
    return this.intern(bytes, 0, bytes.length)
  }

  #add(bytes: Uint8Array, slot: number): number {
    const id = this.#symbols.length
    if (id >= MAX_SYMBOLS) return -1
    this.#symbols.push(decoder.decode(bytes))
    this.#bytes.push(bytes)
    this.#slots[slot] = id
    if (this.#symbols.length * 2 > this.#slots.length) this.#grow()
    return id
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = this.#slots.length - 1
    for (const [id, bytes] of this.#bytes.entries()) {
      let slot = hash(bytes, 0, bytes.length) & mask
      while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask
      this.#slots[slot] = id
    }
  }
}

/** FNV-1a, with a last mix because tables use the low bits. */
function hash(bytes: Uint8Array, start: number, length: number): number {
  let value = 0x811c9dc5
  for (let at = start; at < start + length; at++) value = Math.imul(value ^ (bytes[at] as number), 0x01000193)
  return (value ^ (value >>> 15)) >>> 0
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false
  for (let at = 0; at < length; at++) if (known[at] !== bytes[start + at]) return false
  return true
}
