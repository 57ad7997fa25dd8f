import type { CostSchedule } from './cost-schedule.js'
import { clearingCaps, clearingRates, orfRates, secRates, tafRates } from './regulatory-rates.js'

/**
 * What Alpaca charges on US equity options: no commission on orders by API, and the fees of regulators and exchanges.
 *
 * Each regulatory fee is summed over a day and rounded up to the cent, as the broker's page "Regulatory Fees" says. Its
 * ORF of 0.02685 dollars is the last one that it published; before that, and for the other fees, the rates of the day.
 */
export const alpacaCostSchedule: CostSchedule = {
  name: 'alpaca',
  description:
    'Costs: Alpaca, no commission; ORF and OCC clearing a contract and side; on sales TAF and the SEC fee, at the rates of the day, each regulatory fee of a day rounded up to the cent. No fee for exercise or assignment.',
  commission: [],
  orf: [
    ...orfRates.filter(({ from }) => from < '2023-02-27'),
    { from: '2023-02-27', rate: 26_850, source: 'Alpaca documentation, "Regulatory Fees"' },
  ],
  clearing: clearingRates,
  clearingCap: clearingCaps,
  taf: tafRates,
  sec: secRates,
  roundsUpDaily: true,
}
