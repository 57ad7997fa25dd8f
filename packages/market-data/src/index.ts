export { ChainView, type StrikePair } from './chain.js'
export { CalendarRangeError } from './errors.js'
export {
  createExchangeCalendar,
  type ExchangeCalendar,
  type ExchangeCalendarOptions,
} from './exchange-calendar.js'
export { daylightSaving, earlyCloses, holidays } from './holidays.js'
export { ImpliedUnderlying, type ImpliedUnderlyingOptions } from './implied-underlying.js'
export { QuoteColumns } from './quote-columns.js'
export { UnderlyingPrices } from './underlying-prices.js'
