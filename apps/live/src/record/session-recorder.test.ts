import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RecordingHeader } from './format.js'
import { headerOf } from './parity.js'
import { SessionRecorder } from './session-recorder.js'

const folder = mkdtempSync(path.join(tmpdir(), 'scalp-recorder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a recording has its header before anything else happens, so that a run killed at once has one', async () => {
  const file = path.join(folder, 'run.session')
  const header: RecordingHeader = {
    version: 1,
    runId: 'run',
    mode: 'paper',
    startedUs: 1,
    program: 'test',
    strategy: 'none',
    settings: {},
    symbols: ['TSLA'],
    gates: {},
    risk: {},
    startingCashMicros: 1,
    impliesUnderlyings: false,
  }
  const recorder = new SessionRecorder({
    path: file,
    header,
    onProblem: (error) => expect.fail(String(error)),
  })
  expect(await headerOf(file)).toEqual(header)
  await recorder.close()
  expect(await headerOf(file)).toEqual(header)
})
