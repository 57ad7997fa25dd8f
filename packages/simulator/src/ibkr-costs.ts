import type { CostSchedule } from './cost-schedule.js'
import { clearingCaps, clearingRates, orfRates, secRates, tafRates } from './regulatory-rates.js'

const CENT = 10_000

/**
 * What Interactive Brokers charges on US equity options, smart-routed, tiered: a commission by premium and by the
 * contracts of the month, at least a dollar an order, and third-party fees as they are.
 *
 * Source: IBKR, "Commissions Options", United States, tiered. Exchange fees and rebates for taking or adding
 * liquidity depend on the venue that fills and are not in it.
 */
export const ibkrTieredCostSchedule: CostSchedule = {
  name: 'ibkr-tiered',
  description:
    'Costs: IBKR tiered, 0.65 dollars a contract and less below a premium of 0.10 or above 10,000 contracts a month, at least 1.00 an order; ORF, OCC clearing, TAF and SEC fee at the rates of the day; no exchange fees or rebates. No fee for exercise or assignment.',
  commission: [],
  tiers: [
    {
      fromContracts: 0,
      byPremium: [
        { fromMicros: 10 * CENT, rate: 650_000 },
        { fromMicros: 5 * CENT, rate: 500_000 },
        { fromMicros: 0, rate: 250_000 },
      ],
    },
    {
      fromContracts: 10_000,
      byPremium: [
        { fromMicros: 5 * CENT, rate: 500_000 },
        { fromMicros: 0, rate: 250_000 },
      ],
    },
    { fromContracts: 50_000, byPremium: [{ fromMicros: 0, rate: 250_000 }] },
    { fromContracts: 100_000, byPremium: [{ fromMicros: 0, rate: 150_000 }] },
  ],
  minimum: [
    { from: '2013-01-01', rate: 1_000_000, source: 'IBKR, "Commissions Options": 1.00 dollar an order' },
  ],
  orf: orfRates,
  clearing: clearingRates,
  clearingCap: clearingCaps,
  taf: tafRates,
  sec: secRates,
}
