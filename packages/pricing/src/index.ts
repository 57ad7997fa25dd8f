export {
  type AmericanInput,
  type AmericanVolatilityInput,
  americanGreeks,
  americanImpliedVolatility,
  americanPrice,
  earlyExercisePremium,
} from './american.js'
export { type BlackScholesInput, blackScholesGreeks, blackScholesPrice } from './black-scholes.js'
export {
  type Black76Input,
  black76Price,
  black76Value,
  type RightSign,
  rightSign,
} from './black76.js'
export { ChainColumns, evaluateChain, impliedVolatilityNear } from './chain-columns.js'
export type { CashDividend } from './dividend-grid.js'
export {
  black76Greeks,
  black76GreeksInto,
  DAYS_PER_YEAR,
  GREEK_SLOTS,
  type Greeks,
  MINUTES_PER_YEAR,
} from './greeks.js'
export { type ImpliedForward, impliedForward, type ParityPair, parityForward } from './implied-forward.js'
export {
  type ImpliedVolatilityInput,
  impliedVolatility,
  impliedVolatilityValue,
  impliedVolatilityWarm,
} from './implied-volatility.js'
export { type HeldOption, moveToCover, type RoundTripCost } from './move-to-cover.js'
export { erfcx, normalCdf, normalPdf } from './normal.js'
export { normalisedBlack, normalisedVega } from './normalised-black.js'
export {
  explainChange,
  impliedMove,
  type MinuteView,
  minuteView,
  type PriceChange,
  type PricedMoment,
} from './price-change.js'
