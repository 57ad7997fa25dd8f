export { checkLiveAccess, type LiveAccessOptions } from './live/access.js'
export type { BackoffOptions } from './live/backoff.js'
export { createLiveClient, LiveClient, type LiveStats } from './live/client.js'
export { cramResponse } from './live/cram.js'
export {
  LiveAuthError,
  LiveCallbackError,
  LiveConnectError,
  LiveDatasetError,
  LiveDisconnectError,
  LiveGatewayError,
  LiveGaveUpError,
  LiveOptionsError,
  LiveProtocolError,
  LiveSilenceError,
  LiveTimeoutError,
  LiveVersionError,
} from './live/errors.js'
export type { SymbolMessage, SystemKind, SystemMessage } from './live/gateway-message.js'
export { createLiveFeed, LiveFeed, type LiveFeedOptions } from './live/live-feed.js'
export type { LeftOut } from './live/market-events.js'
export type {
  LiveClientOptions,
  LiveGap,
  LiveHandlers,
  LiveSlowness,
  LiveState,
  LiveStateDetail,
  ReconnectOptions,
} from './live/options.js'
export type { LiveSubscription } from './live/subscription.js'
