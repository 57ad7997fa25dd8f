import type { CostSchedule } from './costs.js'

const ALPACA_PAGE = 'Alpaca documentation, "Regulatory Fees"'

/**
 * What Alpaca charges on US equity options: no commission, and the fees of regulators and exchanges.
 *
 * A rate holds from its date until the next one. The first dates reach back to the start of the data that can
 * be bought, because older tables are not published by the broker; the report names this as an assumption.
 * Not modelled: the broker's rounding up of a day's total to a cent, and the cap of 55 dollars on clearing,
 * which an order of 2,750 contracts would reach.
 */
export const alpacaCostSchedule: CostSchedule = {
  name: 'alpaca',
  description:
    'Costs: Alpaca, no commission; ORF 0.02685 and OCC 0.02 dollars a contract and side; on sales TAF 0.00279 dollars a contract and the SEC fee of the day.',
  commission: [],
  orf: [{ from: '2013-01-01', rate: 26_850, source: ALPACA_PAGE }],
  clearing: [{ from: '2013-01-01', rate: 20_000, source: ALPACA_PAGE }],
  taf: [{ from: '2013-01-01', rate: 2_790, source: ALPACA_PAGE }],
  sec: [
    {
      from: '2013-01-01',
      rate: 22.9,
      source: 'Between 5.10 and 23.10 over these years; the rate of 2022-05-14, on the dear side',
    },
    { from: '2023-02-27', rate: 8, source: 'SEC fee rate advisory for fiscal year 2023' },
    { from: '2024-05-22', rate: 27.8, source: 'SEC fee rate advisory for fiscal year 2024' },
    { from: '2025-05-14', rate: 0, source: 'SEC fee rate advisory 2025: zero from 14 May 2025' },
  ],
}
