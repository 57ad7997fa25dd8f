export { GENESIS, hashLine } from './chain.js'
export { exportJsonLines, exportParquet } from './export.js'
export type { RecoveryReport } from './internal/open-database.js'
export {
  type JournalOptions,
  type JournalProblem,
  openJournal,
  type RunStart,
  SqliteJournal,
} from './journal.js'
export { JournalReader, type LineFilter, readJournal, type Segment } from './read.js'
export { type Recovery, recoverJournal } from './recover.js'
export { JOURNAL_VERSION } from './schema.js'
export { type ChainFault, type Verification, verifyJournal } from './verify.js'
