import { ScalpError } from '@scalp/canonical'

/** Thrown when an order id is sent to the venue twice. */
export class DuplicateOrderError extends ScalpError {
  override readonly name = 'DuplicateOrderError'
  constructor({ orderId }: { orderId: string }) {
    super(`Order ${orderId} was sent before.`, {
      code: 'VENUE_DUPLICATE_ORDER',
      hint: 'An order id is used once; ask the gates for a new order.',
      details: { orderId },
    })
  }
}

/** Thrown when a replay is given nothing to read. */
export class EmptyReplayError extends ScalpError {
  override readonly name = 'EmptyReplayError'
  constructor() {
    super('The tapes hold no event.', {
      code: 'REPLAY_EMPTY',
      hint: 'Check the dates and the underlying against what the data directory holds.',
    })
  }
}

/** Thrown when engines that are to be replayed together were not made on one market. */
export class SeparateMarketsError extends ScalpError {
  override readonly name = 'SeparateMarketsError'
  constructor() {
    super('Engines that are replayed together must share a market, and these do not.', {
      code: 'REPLAY_SEPARATE_MARKETS',
      hint: 'Make one Market, and give it to each engine: createEngine({ market, ... }).',
    })
  }
}
