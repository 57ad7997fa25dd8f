const INITIAL_SLOTS = 4_096
const NONE = -1

/**
 * Numbers for symbols by their bytes, so that a line whose symbol was met before makes no string.
 *
 * Open addressing over FNV-1a; the texts lie one after the other in one buffer.
 */
export class SymbolBytes {
  #slots: Int32Array = new Int32Array(INITIAL_SLOTS).fill(NONE)
  #texts: Uint8Array = new Uint8Array(INITIAL_SLOTS * 24)
  #used = 0
  readonly #starts: number[] = []
  readonly #hashes: number[] = []
  readonly #values: number[] = []

  /** What was kept for these bytes; `onNew` gives it at first sight. */
  find(bytes: Uint8Array, start: number, end: number, onNew: (text: string) => number): number {
    const hash = hashOf(bytes, start, end)
    const slot = this.#slotOf(hash, bytes, start, end)
    const entry = this.#slots[slot] as number
    if (entry !== NONE) return this.#values[entry] as number
    return this.#add(slot, hash, bytes.subarray(start, end), onNew)
  }

  /** Forgets all: another day has begun. */
  clear(): void {
    this.#slots.fill(NONE)
    this.#used = 0
    this.#starts.length = 0
    this.#hashes.length = 0
    this.#values.length = 0
  }

  /** The slot of these bytes, or the free one where they belong. */
  #slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number
      if (entry === NONE) return slot
      if (this.#hashes[entry] === hash && this.#isSame(entry, bytes, start, end)) return slot
    }
  }

  #isSame(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[entry] as number
    const to = this.#starts[entry + 1] ?? this.#used
    if (to - from !== end - start) return false
    for (let i = start, at = from; i < end; i++, at++) if (bytes[i] !== this.#texts[at]) return false
    return true
  }

  #add(slot: number, hash: number, text: Uint8Array, onNew: (text: string) => number): number {
    if (this.#used + text.length > this.#texts.length) {
      const texts = new Uint8Array(this.#texts.length * 2 + text.length)
      texts.set(this.#texts)
      this.#texts = texts
    }
    const entry = this.#starts.length
    this.#texts.set(text, this.#used)
    this.#starts.push(this.#used)
    this.#used += text.length
    this.#hashes.push(hash)
    this.#slots[slot] = entry
    if (entry * 2 > this.#slots.length) this.#grow()
    const value = onNew(textOf(text))
    this.#values.push(value)
    return value
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE)
    const mask = this.#slots.length - 1
    this.#hashes.forEach((hash, entry) => {
      let slot = hash & mask
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask
      this.#slots[slot] = entry
    })
  }
}

const latin1 = new TextDecoder('latin1')
/** Beyond it a text is no symbol, and may be more than a call takes arguments. */
const LONGEST = 256

/** One character a byte; of a symbol several times as fast as a decoder or a spread. */
function textOf(bytes: Uint8Array): string {
  if (bytes.length > LONGEST) return latin1.decode(bytes)
  return Reflect.apply(String.fromCharCode, undefined, bytes as unknown as number[])
}

/** FNV-1a over words of four bytes, whose high bits are folded down for the mask. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x01000193)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return hash ^ (hash >>> 13)
}
