export {
  JournalClosedError,
  JournalCorruptError,
  JournalEntryError,
  JournalFullError,
  JournalLockedError,
  JournalVersionError,
} from './errors.js'
export {
  createJournaledBroker,
  type Flushable,
  JournaledBroker,
  type JournaledBrokerOptions,
} from './journaled-broker.js'
export { type JournalLine, toEntry } from './line.js'
