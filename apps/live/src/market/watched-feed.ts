import type { Feed } from '@scalp/canonical'
import type { Link } from '@scalp/protocol'

/** A feed as a session needs it: it says how it stands, and watches other contracts when the money has moved. */
export interface WatchedFeed extends Feed {
  /** True while every connection streams and nothing of a gap is still to come. */
  readonly isReady: boolean
  /** How its connections stand. */
  links(): readonly Link[]
  /** Watches these contracts, without padding, from now on. */
  watch(contracts: readonly string[]): void
}
