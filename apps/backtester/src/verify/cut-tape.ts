import type { MarketSink, Tape, Us } from '@scalp/canonical'

/** A tape that ends after an instant, as if nothing had been recorded since. */
export function cutTape(tape: Tape, cutUs: Us): Tape {
  return {
    get receivedUs() {
      return tape.receivedUs <= cutUs ? tape.receivedUs : Number.POSITIVE_INFINITY
    },
    emit: (sink: MarketSink) => tape.emit(sink),
    async refill() {
      if (tape.receivedUs !== Number.POSITIVE_INFINITY) return false
      return (
        (await tape.refill()) && !(tape.receivedUs > cutUs && tape.receivedUs !== Number.POSITIVE_INFINITY)
      )
    },
    close: () => tape.close(),
  }
}
