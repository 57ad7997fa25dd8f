import { expect, test } from 'vitest'
import * as journal from './index.js'
import * as sqlite from './sqlite.js'

test('the public names', () => {
  expect(Object.keys(journal).sort()).toMatchInlineSnapshot(`
    [
      "JournalClosedError",
      "JournalCorruptError",
      "JournalEntryError",
      "JournalFullError",
      "JournalLockedError",
      "JournalVersionError",
      "JournaledBroker",
      "createJournaledBroker",
      "toEntry",
    ]
  `)
  expect(Object.keys(sqlite).sort()).toMatchInlineSnapshot(`
    [
      "GENESIS",
      "JOURNAL_VERSION",
      "JournalReader",
      "SqliteJournal",
      "exportJsonLines",
      "exportParquet",
      "hashLine",
      "openJournal",
      "readJournal",
      "recoverJournal",
      "verifyJournal",
    ]
  `)
})
