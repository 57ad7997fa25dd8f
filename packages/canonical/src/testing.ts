export { BrokenPortError, type TestFramework } from './testing/conformance.js'
export { type BrokerStage, describeBroker } from './testing/describe-broker.js'
export { describeFeed, type FeedStage } from './testing/describe-feed.js'
export { describeTape, type TapeStage } from './testing/describe-tape.js'
