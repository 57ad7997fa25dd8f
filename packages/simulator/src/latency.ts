import { createRandom, type Random } from '@scalp/canonical'

/** How long one way takes, µs. */
export type Delay =
  | { readonly kind: 'fixed'; readonly us: number }
  /** Log-normal round a median, cut at both ends: what networks look like. */
  | {
      readonly kind: 'lognormal'
      readonly medianUs: number
      /** Standard deviation of the logarithm; 0.5 makes every sixth draw about 1.65 medians or more. */
      readonly sigma: number
      readonly minUs?: number
      readonly maxUs?: number
    }
  /** One of these, each as likely. */
  | { readonly kind: 'samples'; readonly us: readonly number[] }

/** What one order met, as it was recorded: from decision to venue, and from venue to us. */
export interface RecordedLatency {
  readonly orderUs: number
  readonly responseUs: number
  /** From the venue's quote to our decision; 0 unless told. */
  readonly feedUs?: number
}

/** Latency of the three ways: quotes to us, orders to the venue, news of orders to us. */
export type LatencyModel =
  | { readonly order: Delay; readonly response: Delay; readonly feed?: Delay }
  /** Recorded triples, drawn whole, so that a slow moment is slow on all ways. */
  | { readonly recorded: readonly RecordedLatency[] }

/** What one message meets. */
export interface Latency {
  /** From the decision, by the engine's clock, until the venue has it. */
  readonly orderUs: number
  /** From the venue's act until the engine hears of it. */
  readonly responseUs: number
}

/** Draws latencies; the same seed draws the same ones. */
export interface LatencySource {
  next(): Latency
}

/**
 * Makes a source of latencies.
 *
 * The engine's clock shows the time of a quote when the feed brings it. A slow feed means that in the venue's time the
 * decision comes later by as much, so it lengthens the way of an order and shortens that of the answer, never below 0.
 */
export function createLatency(model: LatencyModel, seed: string): LatencySource {
  const random = createRandom(`${seed}:latency`)
  if ('recorded' in model) {
    const { recorded } = model
    if (recorded.length === 0) return { next: () => ({ orderUs: 0, responseUs: 0 }) }
    return {
      next() {
        const {
          orderUs,
          responseUs,
          feedUs = 0,
        } = recorded[Math.floor(random() * recorded.length)] as RecordedLatency
        return { orderUs: orderUs + feedUs, responseUs: Math.max(0, responseUs - feedUs) }
      },
    }
  }
  const { order, response, feed = { kind: 'fixed', us: 0 } } = model
  return {
    next() {
      const feedUs = draw(feed, random)
      return {
        orderUs: draw(order, random) + feedUs,
        responseUs: Math.max(0, draw(response, random) - feedUs),
      }
    },
  }
}

function draw(delay: Delay, random: Random): number {
  switch (delay.kind) {
    case 'fixed':
      return delay.us
    case 'samples':
      return delay.us[Math.floor(random() * delay.us.length)] ?? 0
    case 'lognormal': {
      const { medianUs, sigma, minUs = 0, maxUs = Number.POSITIVE_INFINITY } = delay
      const us = medianUs * Math.exp(sigma * normal(random))
      return Math.round(Math.min(maxUs, Math.max(minUs, us)))
    }
  }
}

/** A standard normal draw by Box and Muller. */
function normal(random: Random): number {
  const u = 1 - random()
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random())
}
