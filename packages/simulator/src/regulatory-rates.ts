import type { DatedRate } from './cost-schedule.js'

/**
 * SEC Section 31, dollars a million of the proceeds of sales.
 * Source: the SEC's fee rate advisories, each named by its fiscal year; dates are charge dates.
 */
export const secRates: readonly DatedRate[] = [
  { from: '2012-04-01', rate: 22.4, source: 'SEC fee rate advisory for fiscal year 2012' },
  { from: '2013-05-25', rate: 17.4, source: 'SEC fee rate advisory for fiscal year 2013' },
  { from: '2014-03-18', rate: 22.1, source: 'SEC fee rate advisory for fiscal year 2014' },
  { from: '2015-02-14', rate: 18.4, source: 'SEC fee rate advisory for fiscal year 2015' },
  { from: '2016-02-16', rate: 21.8, source: 'SEC fee rate advisory for fiscal year 2016' },
  { from: '2017-07-04', rate: 23.1, source: 'SEC fee rate advisory for fiscal year 2017' },
  { from: '2018-05-22', rate: 13, source: 'SEC fee rate advisory for fiscal year 2018' },
  { from: '2019-04-16', rate: 20.7, source: 'SEC fee rate advisory for fiscal year 2019' },
  { from: '2020-02-18', rate: 22.1, source: 'SEC fee rate advisory for fiscal year 2020' },
  { from: '2021-02-25', rate: 5.1, source: 'SEC fee rate advisory #2 for fiscal year 2021' },
  { from: '2022-05-14', rate: 22.9, source: 'SEC fee rate advisory for fiscal year 2022' },
  { from: '2023-02-27', rate: 8, source: 'SEC fee rate advisory for fiscal year 2023' },
  { from: '2024-05-22', rate: 27.8, source: 'SEC fee rate advisory for fiscal year 2024' },
  {
    from: '2025-05-14',
    rate: 0,
    source: 'SEC fee rate advisory for fiscal year 2025: zero from 14 May 2025',
  },
  {
    from: '2026-04-04',
    rate: 20.6,
    source: 'SEC release 34-104909 of 27 February 2026, fee rate advisory for fiscal year 2026',
  },
]

/**
 * FINRA Trading Activity Fee on options, micro-dollars a contract sold.
 * Source: FINRA By-Laws, Schedule A, section 1, with its steps of 2022 to 2024 and of 2026.
 */
export const tafRates: readonly DatedRate[] = [
  { from: '2012-07-01', rate: 2_000, source: 'FINRA By-Laws, Schedule A: 0.002 dollars' },
  { from: '2022-01-01', rate: 2_180, source: 'FINRA By-Laws, Schedule A, step of 2022' },
  { from: '2023-01-01', rate: 2_440, source: 'FINRA By-Laws, Schedule A, step of 2023' },
  { from: '2024-01-01', rate: 2_790, source: 'FINRA By-Laws, Schedule A, step of 2024' },
  { from: '2026-01-01', rate: 3_290, source: 'FINRA By-Laws, Schedule A, step of 2026' },
]

/**
 * OCC clearing, micro-dollars a contract and side.
 * Source: OCC schedules of fees. Before 2020 the first step of a scale that fell with the size of a trade.
 */
export const clearingRates: readonly DatedRate[] = [
  { from: '2013-01-01', rate: 50_000, source: 'OCC schedule of fees, trades of 1 to 500 contracts' },
  { from: '2020-01-01', rate: 55_000, source: 'OCC schedule of fees, January 2020' },
  { from: '2020-09-01', rate: 45_000, source: 'OCC schedule of fees, autumn 2020; the day is approximate' },
  { from: '2021-06-01', rate: 20_000, source: 'OCC schedule of fees, June 2021; the day is approximate' },
  { from: '2025-02-14', rate: 25_000, source: 'OCC rule change, 90 FR 10544' },
]

/** Most OCC clearing of a trade, micro-dollars. Source: as {@link clearingRates}; the cap went in 2025. */
export const clearingCaps: readonly DatedRate[] = [
  { from: '2013-01-01', rate: 55_000_000, source: 'OCC schedule of fees: 55 dollars a trade' },
  { from: '2025-02-14', rate: 0, source: 'OCC rule change, 90 FR 10544: no cap any more' },
]

/**
 * Options Regulatory Fee of all exchanges together, micro-dollars a contract and side.
 * Source: price lists of a broker that passes it on, dated by the SEC rate that stands on the same page.
 */
export const orfRates: readonly DatedRate[] = [
  { from: '2013-01-01', rate: 40_400, source: 'IBKR option commissions, with an SEC rate of 21.80 (2016)' },
  { from: '2023-02-27', rate: 26_850, source: 'IBKR option commissions, with an SEC rate of 8.00 (2023)' },
  { from: '2024-05-22', rate: 19_150, source: 'IBKR option commissions, with an SEC rate of 27.80 (2024)' },
]
