import { readdir } from 'node:fs/promises'
import {
  createFakeAlpaca,
  type FakeAlpaca,
  playRows,
  type RecordedRow,
  syntheticRows,
} from '@scalp/alpaca/testing'
import type { Us } from '@scalp/canonical'
import { discoverDataset } from '@scalp/databento/node'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'
import { datasetRows } from './dataset-rows.js'
import { CallError, NothingToPlayError } from './errors.js'
import { recordedRows } from './recorded-rows.js'

/** What is asked for. */
export interface PlayFlags {
  readonly port: number
  readonly data?: string
  readonly underlying?: string
  readonly from?: string
  readonly to?: string
  readonly speed: number
  readonly clock?: 'now' | 'data'
  readonly cash: number
  readonly key?: string
  readonly secret?: string
}

/** A simulated Alpaca that plays. */
export interface Playing {
  readonly alpaca: FakeAlpaca
  /** What is played, in words. */
  readonly what: string
  /** Resolves with the number of messages when everything is played; the server goes on. */
  readonly played: Promise<number>
  stop(): Promise<void>
}

/** Starts a server and plays on it. @throws {@link CallError} and {@link NothingToPlayError} before anything listens. */
export async function startPlaying(flags: PlayFlags): Promise<Playing> {
  const { port, speed, key, secret, cash } = flags
  if ((key === undefined) !== (secret === undefined))
    throw new CallError({ problem: '--key and --secret belong together' })
  if (flags.data === undefined && flags.clock === 'data')
    throw new CallError({ problem: '--clock data needs --data' })
  const recording = flags.data === undefined ? undefined : await openRecording(flags.data, flags)
  const keys = key === undefined ? {} : { keys: { [key]: secret ?? '' } }
  const alpaca = await createFakeAlpaca({ port, cashMicros: Math.round(cash * 1e6), ...keys })
  const isDataClock = recording !== undefined && (flags.clock ?? recording.clock) === 'data'
  const rows = recording?.rows ?? syntheticRows({ expiry: alpaca.venue.session.date })
  const ending = new AbortController()
  const onRow = isDataClock ? { onRow: followClock(alpaca, createExchangeCalendar()) } : {}
  const played = playRows(alpaca, rows, { speed, signal: ending.signal, ...onRow })
  /** Whoever awaits it hears of a fault; nobody has to. */
  played.catch(() => undefined)
  return {
    alpaca,
    what: recording?.what ?? 'a synthetic market around SPY at 600',
    played,
    stop: async () => {
      ending.abort()
      await alpaca.stop()
    },
  }
}

interface Recording {
  readonly rows: AsyncIterable<RecordedRow>
  readonly what: string
  /** Databento files are days gone by: contracts would be expired on today's clock. */
  readonly clock: 'now' | 'data'
}

async function openRecording(folder: string, { underlying, from, to }: PlayFlags): Promise<Recording> {
  const messages = (await readdir(folder)).filter((file) => file.endsWith('.jsonl')).sort()
  if (messages.length > 0)
    return {
      rows: recordedRows(folder, messages),
      what: `${messages.length} recorded files of ${folder}`,
      clock: 'now',
    }
  const dataset = await discoverDataset(folder)
  if (!dataset.files.some(({ dataset: name }) => name.startsWith('OPRA')))
    throw new NothingToPlayError({ folder })
  return {
    rows: datasetRows(dataset, { underlying, from, to }),
    what: `the dataset ${folder}`,
    clock: 'data',
  }
}

/** Sets the venue's clock, date and session to those of the row that is played. */
function followClock({ venue: { session } }: FakeAlpaca, calendar: ExchangeCalendar): (us: Us) => void {
  let nowUs: Us = Number.NaN
  let minute = Number.NaN
  session.nowUs = () => nowUs
  return (us) => {
    nowUs = us
    if (Math.floor(us / 60e6) === minute) return
    minute = Math.floor(us / 60e6)
    session.date = calendar.tradingDate(us)
    session.isOpen = calendar.isOpen(us)
    const today = calendar.session(us)
    /** Half days open at 9:30 as well. */
    if (today !== undefined) session.newYorkMinutes = Math.floor(570 + (us - today.openUs) / 60e6)
  }
}
