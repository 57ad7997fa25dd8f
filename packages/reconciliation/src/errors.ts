import { ScalpError } from '@scalp/canonical'

/** Thrown when an order is announced twice under one client order id. */
export class OrderKnownError extends ScalpError {
  override readonly name = 'OrderKnownError'
  constructor({ clientOrderId }: { readonly clientOrderId: string }) {
    super(`An order ${clientOrderId} is in the ledger already.`, {
      code: 'LEDGER_ORDER_KNOWN',
      hint: 'Client order ids are unique for ever: begin them with the prefix of the run.',
      details: { clientOrderId },
    })
  }
}
