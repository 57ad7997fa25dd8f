/** Option conditions of trades that were cancelled or reported late or out of order: they move nothing. */
const OPTION_VOID = new Set(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
/** Proprietary floor and compression trades count as volume, not as prices. */
const OPTION_VOLUME_ONLY = new Set(['t', 'u'])

/** What a trade may update. */
export type TradeEffect = 'nothing' | 'volume' | 'price-and-volume'

/**
 * Tells what an option trade may update by its condition, which is one case-sensitive letter.
 *
 * Source: Alpaca's list of OPRA trade conditions.
 */
export function optionTradeEffect(conditions: string): TradeEffect {
  if (OPTION_VOID.has(conditions)) return 'nothing'
  return OPTION_VOLUME_ONLY.has(conditions) ? 'volume' : 'price-and-volume'
}

/** True for one leg of a package: its price says little about the market of the contract. */
export function isPackageTrade(conditions: string): boolean {
  return conditions.length === 1 && conditions >= 'f' && conditions <= 's'
}

/**
 * Conditions of the consolidated tapes whose trades do not move the last price: averages, contingent and
 * derivative prices, late and out-of-sequence reports, odd lots, prior references, official opens and closes, and extended hours.
 */
const STOCK_VOLUME_ONLY = new Set('BWVCNRPHZUTIGMQ47')

/** Tells what a stock trade may update by its conditions. Source: CTA and UTP trade condition tables. */
export function stockTradeEffect(conditions: string): TradeEffect {
  for (const condition of conditions) if (STOCK_VOLUME_ONLY.has(condition)) return 'volume'
  return 'price-and-volume'
}
