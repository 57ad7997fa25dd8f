import type { Micros, Side, Us } from '@scalp/canonical'
import type { BrokerPosition } from './broker-truth.js'

/** A position of ours, by its purpose. `external` ones were opened by others. */
export interface OwnPosition {
  readonly symbol: string
  readonly positionType: string
  /** Signed. */
  readonly contracts: number
  readonly averageMicros: Micros
}

/** A fill that nobody reported, which makes our position the broker's. */
export interface SyntheticFill {
  /** A pure function of the difference and of how much was known of the symbol, so that a replay makes it again. */
  readonly fillId: string
  readonly symbol: string
  readonly positionType: string
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  readonly receivedUs: Us
  /** Why there is one. */
  readonly reason: 'not-ours' | 'closed-elsewhere' | 'average'
  /** True when the price is a guess: nobody told what it was closed at. */
  readonly isEstimated: boolean
}

/** What positions are compared with. */
export interface PositionComparison {
  readonly ours: readonly OwnPosition[]
  readonly broker: readonly BrokerPosition[]
  readonly nowUs: Us
  /** Fills of a symbol applied so far: part of the ids. */
  readonly fillsOf: (symbol: string) => number
  /** At what price others sold or bought a symbol since it last agreed; `NaN` when nobody knows. */
  readonly closedAt?: (symbol: string, side: Side) => Micros
  /** What a share of it is worth now, for what was closed elsewhere at a price unknown; `NaN` when unknown. */
  readonly markOf?: (symbol: string) => Micros
  /** Symbols to leave alone: an order of ours may be filling there right now. */
  readonly except?: ReadonlySet<string>
}

/** Averages nearer than this are the same: 0.01 %. */
export const AVERAGE_TOLERANCE = 1e-4

/**
 * What has to be applied so that our positions are the broker's: the same quantity, and an average within 0.01 %.
 *
 * More than we know of was opened by somebody else and becomes `external`. Less was closed by somebody else: external
 * contracts go first, then ours. An average that differs is set by a sale and a purchase at the broker's average,
 * which moves profit from one pocket to the other and makes none.
 */
export function reconcilePositions(comparison: PositionComparison): readonly SyntheticFill[] {
  const { ours, broker, except } = comparison
  const theirs = new Map(broker.map((position) => [position.symbol, position]))
  const symbols = new Set([...ours.map(({ symbol }) => symbol), ...theirs.keys()])
  return [...symbols]
    .filter((symbol) => except?.has(symbol) !== true)
    .sort()
    .flatMap((symbol) => reconcileSymbol(symbol, theirs.get(symbol), comparison))
}

function reconcileSymbol(
  symbol: string,
  broker: BrokerPosition | undefined,
  comparison: PositionComparison,
): SyntheticFill[] {
  const { nowUs, fillsOf } = comparison
  const held = comparison.ours
    .filter((position) => position.symbol === symbol && position.contracts !== 0)
    .map((position) => ({ ...position }))
  const wanted = broker?.contracts ?? 0
  const fills: SyntheticFill[] = []
  const add = (
    positionType: string,
    signed: number,
    priceMicros: Micros,
    reason: SyntheticFill['reason'],
    isEstimated: boolean,
  ): void => {
    const state = `${total(held)}>${wanted}@${broker?.averageMicros ?? 0}`
    fills.push({
      fillId: `sync:${symbol}:${positionType}:${fillsOf(symbol)}+${fills.length}:${state}`,
      symbol,
      positionType,
      side: signed > 0 ? 'buy' : 'sell',
      contracts: Math.abs(signed),
      priceMicros,
      receivedUs: nowUs,
      reason,
      isEstimated,
    })
  }
  /** First what is against the broker's direction, or too much of it: closed by others. */
  const order = held.toSorted((a, b) => rank(a) - rank(b))
  for (const position of order) {
    const { positionType, averageMicros } = position
    const now = total(held)
    const isAgainst = Math.sign(position.contracts) !== Math.sign(wanted)
    const excess = isAgainst ? position.contracts : excessOf(position.contracts, now, wanted)
    if (excess === 0) continue
    const told = comparison.closedAt?.(symbol, excess > 0 ? 'sell' : 'buy') ?? Number.NaN
    const mark = comparison.markOf?.(symbol) ?? Number.NaN
    const guess = mark >= 0 ? mark : Math.round(averageMicros)
    add(positionType, -excess, told >= 0 ? told : guess, 'closed-elsewhere', !(told >= 0))
    position.contracts -= excess
  }
  if (broker === undefined) return fills
  const missing = wanted - total(held)
  const ownCost = held.reduce((sum, { contracts, averageMicros }) => sum + contracts * averageMicros, 0)
  if (missing !== 0) {
    const left = Math.round((broker.averageMicros * wanted - ownCost) / missing)
    const priceMicros = left >= 0 ? left : Math.round(broker.averageMicros)
    add('external', missing, priceMicros, 'not-ours', false)
    held.push({ symbol, positionType: 'external', contracts: missing, averageMicros: priceMicros })
  }
  const average =
    held.reduce((sum, { contracts, averageMicros }) => sum + contracts * averageMicros, 0) / wanted
  if (Math.abs(average - broker.averageMicros) <= broker.averageMicros * AVERAGE_TOLERANCE) return fills
  /** Everything goes to the broker's average: whose part is wrong cannot be told. */
  for (const { positionType, contracts } of held.filter((position) => position.contracts !== 0)) {
    add(positionType, -contracts, Math.round(broker.averageMicros), 'average', false)
    add(positionType, contracts, Math.round(broker.averageMicros), 'average', false)
  }
  return fills
}

function total(held: readonly { readonly contracts: number }[]): number {
  return held.reduce((sum, { contracts }) => sum + contracts, 0)
}

/** What of a position has to go so that all together come down to what is wanted, signed as the position. */
function excessOf(contracts: number, now: number, wanted: number): number {
  const over = Math.abs(now) - Math.abs(wanted)
  return over <= 0 ? 0 : Math.sign(contracts) * Math.min(Math.abs(contracts), over)
}

/** Others' contracts go first: closing ours on a guess is the last thing to do. */
function rank({ positionType }: OwnPosition): number {
  return positionType === 'external' ? 0 : 1
}
