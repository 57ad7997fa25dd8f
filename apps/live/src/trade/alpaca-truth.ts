import { isFinal, type Order, type TradingClient } from '@scalp/alpaca'
import { safeParseAlpaca, US_PER_SECOND } from '@scalp/canonical'
import type { BrokerOrder, BrokerTruth } from '@scalp/reconciliation'

/** What Alpaca says of orders and positions, as reconciliation asks for it. Options only. */
export function alpacaTruth(client: TradingClient): BrokerTruth {
  return {
    orderByClientId: async (clientOrderId) => {
      const order = await client.orderByClientId(clientOrderId)
      return order === undefined ? undefined : toBrokerOrder(order)
    },
    ordersSince: async (us) => {
      const after = us > 0 ? { after: new Date((us - 5 * US_PER_SECOND) / 1_000).toISOString() } : {}
      const orders = await client.orders({ status: 'all', limit: 500, direction: 'asc', ...after })
      return orders.filter(({ symbol }) => safeParseAlpaca(symbol).ok).map(toBrokerOrder)
    },
    positions: async () => {
      const positions = await client.positions()
      return positions
        .filter(({ symbol }) => safeParseAlpaca(symbol).ok)
        .map(({ symbol, quantity, averageMicros }) => ({ symbol, contracts: quantity, averageMicros }))
    },
  }
}

function toBrokerOrder(order: Order): BrokerOrder {
  const { clientOrderId, symbol, side, quantity, filledQuantity, filledAverageMicros, status } = order
  return {
    clientOrderId,
    symbol,
    side: side === 'sell' ? 'sell' : 'buy',
    contracts: quantity,
    filledContracts: filledQuantity,
    filledAverageMicros,
    status: !isFinal(status)
      ? 'working'
      : status === 'filled'
        ? 'filled'
        : status === 'rejected'
          ? 'rejected'
          : 'cancelled',
  }
}
