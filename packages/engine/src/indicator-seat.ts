import type { BarView, IsoDate, QuoteView, Session, TradeView, Underlying } from '@scalp/canonical'
import type { Indicator } from '@scalp/strategy'
import type { MarketMember } from './market.js'

/** An indicator among the members of a market. What it throws ends the part of all who asked for it. */
export class IndicatorSeat implements MarketMember {
  readonly indicator: Indicator
  readonly users: MarketMember[] = []
  readonly wantsBars: boolean
  readonly wantsEveryQuote: boolean
  readonly onFailure: (error: unknown) => void
  hasFailed = false

  constructor(indicator: Indicator, fail: (user: MarketMember, error: unknown) => void) {
    this.indicator = indicator
    this.wantsBars = indicator.onBar !== undefined
    this.wantsEveryQuote = indicator.onQuote !== undefined
    this.onFailure = (error) => {
      for (const user of this.users) fail(user, error)
    }
  }

  isBusy(): boolean {
    return false
  }

  onDate(date: IsoDate, _us: number, session: Session | undefined): boolean {
    this.indicator.onDate?.(date, session)
    return false
  }

  onBell(bell: 'open' | 'close', session: Session): boolean {
    if (bell === 'open') this.indicator.onSessionOpen?.(session)
    return false
  }

  onQuote(quote: QuoteView): boolean {
    this.indicator.onQuote?.(quote)
    return false
  }

  onTrade(trade: TradeView): boolean {
    this.indicator.onTrade?.(trade)
    return false
  }

  onBar(bar: BarView): boolean {
    this.indicator.onBar?.(bar)
    return false
  }

  onStatistic(): boolean {
    return false
  }

  onUnderlying(underlying: Underlying): boolean {
    this.indicator.onUnderlying?.(underlying)
    return false
  }
}
