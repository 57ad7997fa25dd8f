import { existsSync } from 'node:fs'
import path from 'node:path'
import { formatUs } from '@scalp/canonical'
import type { LiveConfig } from '../config/schema.js'
import { listSessions } from '../daemon.js'
import { RecordingError } from '../errors.js'
import { checkParity, type ParityReport } from '../record/parity.js'
import { loadStrategy } from '../session/strategies.js'

/** Replays a recorded session and says whether every decision is the same. Answers the exit code. */
export async function parity(
  config: LiveConfig,
  session: string | undefined,
  { breakClockMs, json }: { breakClockMs?: number | undefined; json?: boolean | undefined },
): Promise<number> {
  const file = findRecording(config, session)
  let events = 0
  const report = await checkParity({
    file,
    loadStrategy,
    ...(breakClockMs === undefined
      ? {}
      : { breakClock: (us: number) => us + (++events > 1_000 ? breakClockMs * 1_000 : 0) }),
  })
  console.log(json === true ? JSON.stringify(report, undefined, 2) : describe(report))
  return report.firstDifference === null ? 0 : 1
}

function findRecording(config: LiveConfig, session: string | undefined): string {
  if (session !== undefined && existsSync(session)) return session
  const id = session ?? listSessions(config)[0]?.id
  if (id === undefined)
    throw new RecordingError({ file: config.data.directory, reason: 'there is no recording' })
  const file = path.join(path.resolve(config.data.directory), 'sessions', `${id}.session`)
  if (!existsSync(file)) throw new RecordingError({ file, reason: 'there is no such file' })
  return file
}

function describe(report: ParityReport): string {
  const { runId, events, marketSeconds, matches, decisions, orders, firstDifference, isWhole } = report
  const lines = [
    `session ${runId}: ${events} events over ${(marketSeconds / 60).toFixed(1)} minutes of market time`,
    `${matches} entries equal, among them ${decisions} decisions and ${orders} orders`,
  ]
  if (!isWhole) lines.push('the recording was cut short; what there is was compared')
  if (firstDifference === null) lines.push('no difference')
  else {
    const { at, recorded, replayed } = firstDifference
    lines.push(
      `first difference at entry ${at}:`,
      `  recorded ${show(recorded)}`,
      `  replayed ${show(replayed)}`,
    )
  }
  return lines.join('\n')
}

function show(entry: { atUs: number } | null): string {
  return entry === null ? 'nothing' : `${formatUs(entry.atUs)} ${JSON.stringify(entry).slice(0, 600)}`
}
