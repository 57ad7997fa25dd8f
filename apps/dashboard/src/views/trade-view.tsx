import type { ComponentChild } from 'preact'
import { ClosedTrades } from '../parts/closed-trades.js'
import { GateBoard } from '../parts/gate-board.js'
import { Positions } from '../parts/positions.js'
import { PriceChart } from '../parts/price-chart.js'
import { Signals } from '../parts/signals.js'
import { VelocityGauges } from '../parts/velocity-gauges.js'

/** The screen to trade by. */
export function TradeView(): ComponentChild {
  return (
    <div class="trade">
      <div class="column">
        <PriceChart />
        <Positions />
        <ClosedTrades />
      </div>
      <div class="column">
        <GateBoard />
        <VelocityGauges />
        <Signals />
      </div>
    </div>
  )
}
