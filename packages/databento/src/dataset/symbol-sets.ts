import { safeParseOption } from '@scalp/canonical'

/** How two requests for symbols stand to each other. */
export type Relation = 'apart' | 'same' | 'first-in-second' | 'second-in-first' | 'crossed'

/** Compares what two jobs asked for; what is not known may be the same. */
export function relate(
  first: readonly string[] | undefined,
  second: readonly string[] | undefined,
): Relation {
  if (first === undefined || second === undefined) return 'same'
  const [a, b] = [new SymbolSet(first), new SymbolSet(second)]
  if (!a.touches(b)) return 'apart'
  const [isIn, contains] = [b.containsAll(first), a.containsAll(second)]
  if (isIn && contains) return 'same'
  return isIn ? 'first-in-second' : contains ? 'second-in-first' : 'crossed'
}

/** Symbols as a request names them: `TSLA`, `TSLA.OPT`, an OCC symbol, or all. */
class SymbolSet {
  readonly #isAll: boolean
  readonly #texts: ReadonlySet<string>
  readonly #roots: ReadonlySet<string>

  constructor(symbols: readonly string[]) {
    this.#texts = new Set(symbols)
    this.#isAll = this.#texts.has('ALL_SYMBOLS')
    this.#roots = new Set(symbols.map(rootOf))
  }

  touches(other: SymbolSet): boolean {
    if (this.#isAll || other.#isAll) return true
    for (const root of this.#roots) if (other.#roots.has(root) && this.#meets(other, root)) return true
    return false
  }

  containsAll(symbols: readonly string[]): boolean {
    return (
      this.#isAll || symbols.every((symbol) => this.#texts.has(symbol) || this.#hasParent(rootOf(symbol)))
    )
  }

  /** Two lists of contracts of one root may have none in common; a parent has all. */
  #meets(other: SymbolSet, root: string): boolean {
    if (this.#hasParent(root) || other.#hasParent(root)) return true
    for (const text of this.#texts) if (rootOf(text) === root && other.#texts.has(text)) return true
    return false
  }

  #hasParent(root: string): boolean {
    return this.#texts.has(`${root}.OPT`) || this.#texts.has(root)
  }
}

function rootOf(symbol: string): string {
  if (symbol.endsWith('.OPT')) return symbol.slice(0, -4)
  const parsed = safeParseOption(symbol)
  return parsed.ok ? parsed.value.underlying : symbol
}
