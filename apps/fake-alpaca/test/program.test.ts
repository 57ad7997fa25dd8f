import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TradingClient } from '@scalp/alpaca'
import { MarketStream } from '@scalp/alpaca/live'
import { afterAll, expect, test } from 'vitest'
import { type PlayFlags, startPlaying } from '../src/play.js'
import { createProgram } from '../src/program.js'

const CALL = 'SPY241206C00600000'
const flags: PlayFlags = { port: 0, speed: 50, cash: 100_000 }
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  return folder
}

/** A day of Databento: quotes of a call once a minute, and of its shares a bar a second. */
function databentoDay(): Promise<string> {
  const quotes = [
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00,symbol',
  ]
  for (const [minute, bid] of [
    [31, 1.1],
    [32, 1.2],
    [33, 1.3],
  ] as const)
    quotes.push(
      `2024-12-02T14:${minute}:00.000000000Z,2024-12-02T14:30:30.000000000Z,195,30,7,N,,0,0,${bid},${bid + 0.02},1,2,1,1,SPY   241206C00600000`,
    )
  const bars = ['ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol']
  for (let second = 0; second < 3; second++)
    bars.push(`2024-12-02T14:31:0${second}.000000000Z,32,95,1,600.1,600.3,600,600.${second},500,SPY`)
  return folderWith({
    'opra-pillar-20241202.cbbo-1m.csv': `${quotes.join('\n')}\n`,
    'equs-mini-20241202.ohlcv-1s.csv': `${bars.join('\n')}\n`,
  })
}

test('a Databento day is played on its own clock: bars as trades, quotes that orders fill against', async () => {
  const playing = await startPlaying({ ...flags, speed: 1e6, data: await databentoDay(), underlying: 'SPY' })
  try {
    expect(await playing.played).toBe(6)
    const { venue } = playing.alpaca
    expect(venue.session).toMatchObject({ date: '2024-12-02', isOpen: true, newYorkMinutes: 573 })
    expect(new Date(venue.session.nowUs() / 1_000).toISOString()).toBe('2024-12-02T14:33:00.000Z')
    expect(venue.quotes.get(CALL)).toMatchObject({ bidMicros: 1_300_000, askMicros: 1_320_000, askSize: 2 })
    const trading = new TradingClient({ keyId: 'any', secretKey: 'pair', baseUrl: playing.alpaca.url })
    const order = await trading.submitOrder({
      symbol: CALL,
      side: 'buy',
      quantity: 1,
      type: 'limit',
      timeInForce: 'day',
      limitMicros: 1_320_000,
      positionIntent: 'buy_to_open',
      clientOrderId: 'on-the-day',
    })
    expect((await trading.order(order.id)).status).toBe('filled')
  } finally {
    await playing.stop()
  }
})

test('recorded messages are played at the speed asked for, on the wall clock; a wrong key is refused', async () => {
  const quote = (second: number, bp: number): string =>
    `${JSON.stringify({ T: 'q', S: 'SPY991218C00600000', t: `2026-12-01T14:31:0${second}Z`, bp, bs: 1, ap: bp + 0.02, as: 2 })}\n`
  const data = await folderWith({
    'b.jsonl': quote(3, 1.3),
    'a.jsonl': `${quote(1, 1.1)}not json\n{"T":"b"}\n${quote(2, 1.2)}`,
  })
  const start = performance.now()
  const { alpaca, played, stop } = await startPlaying({ ...flags, data, speed: 20, key: 'K', secret: 'S' })
  try {
    expect(await played).toBe(3)
    expect(performance.now() - start).toBeGreaterThanOrEqual(95)
    expect(alpaca.venue.quotes.get('SPY991218C00600000')).toMatchObject({ bidMicros: 1_300_000, askSize: 2 })
    const answers = await Promise.all(
      ['S', 'wrong'].map((secret) =>
        fetch(`${alpaca.url}/v2/account`, {
          headers: { 'APCA-API-KEY-ID': 'K', 'APCA-API-SECRET-KEY': secret },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 401])
  } finally {
    await stop()
  }
})

test('without data a synthetic market runs, for any key pair', async () => {
  const { alpaca, stop, played } = await startPlaying(flags)
  let trades = 0
  const stream = new MarketStream({
    keyId: 'any',
    secretKey: 'pair',
    feed: 'sip',
    baseUrl: alpaca.streamUrl,
    sink: {
      onQuote: () => undefined,
      onTrade: (): undefined => void trades++,
      onMessage: () => undefined,
      onFault: () => undefined,
    },
  })
  stream.subscribe({ trades: ['SPY'] })
  await stream.start()
  await expect.poll(() => trades, { timeout: 4_000 }).toBeGreaterThanOrEqual(5)
  expect(alpaca.venue.contracts.size).toBeGreaterThan(2)
  await stream.stop()
  await stop()
  await played
})

test('flags that contradict each other, and folders without data, are refused before anything listens', async () => {
  await expect(startPlaying({ ...flags, key: 'K' })).rejects.toMatchObject({ code: 'CALL_INVALID' })
  await expect(startPlaying({ ...flags, clock: 'data' })).rejects.toMatchObject({ code: 'CALL_INVALID' })
  const data = await folderWith({ 'notes.txt': 'nothing' })
  await expect(startPlaying({ ...flags, data })).rejects.toMatchObject({ code: 'NOTHING_TO_PLAY' })
})

test('wrong values are refused by the command line', async () => {
  for (const args of [['--port', 'x'], ['--speed', '0'], ['--cash', '-1'], ['--clock', 'moon'], ['--what']]) {
    const program = createProgram().configureOutput({ writeErr: () => undefined })
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  }
})
