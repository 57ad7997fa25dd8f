import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { MarketStream } from '../stream/market-stream.js'
import { startCommand } from './command.js'
import { createFakeAlpaca } from './fake-alpaca.js'
import { playRows, syntheticRows } from './play.js'

test('a recorded folder is played at the speed asked for, and orders fill against it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-'))
  const quote = (second: number, bp: number) =>
    JSON.stringify({
      T: 'q',
      S: 'SPY261218C00600000',
      t: `2026-12-01T14:31:0${second}Z`,
      bp,
      bs: 1,
      ap: bp + 0.02,
      as: 2,
    })
  await writeFile(path.join(folder, 'b.jsonl'), `${quote(3, 1.3)}\n`)
  await writeFile(path.join(folder, 'a.jsonl'), `${quote(1, 1.1)}\nnot json\n{"T":"b"}\n${quote(2, 1.2)}\n`)
  const start = performance.now()
  const command = await startCommand(['--data', folder, '--speed', '20', '--key', 'K', '--secret', 'S'])
  try {
    expect(await command.played).toBe(3)
    expect(performance.now() - start).toBeGreaterThanOrEqual(95)
    expect(command.alpaca.venue.quotes.get('SPY261218C00600000')).toMatchObject({
      bidMicros: 1_300_000,
      askSize: 2,
    })
    const answers = await Promise.all(
      ['S', 'wrong'].map((secret) =>
        fetch(`${command.alpaca.url}/v2/account`, {
          headers: { 'APCA-API-KEY-ID': 'K', 'APCA-API-SECRET-KEY': secret },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 401])
  } finally {
    await command.stop()
    await rm(folder, { recursive: true })
  }
})

test('without data a synthetic market runs, for any key pair', async () => {
  const command = await startCommand(['--speed', '50'])
  let trades = 0
  const stream = new MarketStream({
    keyId: 'any',
    secretKey: 'pair',
    feed: 'sip',
    baseUrl: command.alpaca.streamUrl,
    sink: {
      onQuote: () => undefined,
      onTrade: (): undefined => void trades++,
      onMessage: () => undefined,
      onFault: () => undefined,
    },
  })
  stream.subscribe({ trades: ['SPY'] })
  await stream.start()
  const end = Date.now() + 4_000
  while (trades < 5 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(trades).toBeGreaterThanOrEqual(5)
  expect(command.alpaca.venue.contracts.size).toBeGreaterThan(2)
  await stream.stop()
  await command.stop()
  await command.played
})

test('the synthetic market is a function of its seed, with bids below asks', async () => {
  const options = { expiry: '2026-12-18', steps: 200 }
  const rows = Array.from(syntheticRows(options))
  expect(rows).toEqual(Array.from(syntheticRows(options)))
  for (const { T, bp = 0, ap = 1 } of rows) if (T === 'q') expect(bp).toBeLessThan(ap)
  const alpaca = await createFakeAlpaca()
  expect(await playRows(alpaca, rows, { speed: Number.POSITIVE_INFINITY })).toBe(rows.length)
  await alpaca.stop()
})

test('wrong arguments are refused before anything starts', async () => {
  for (const args of [['--port', 'x'], ['--speed', '0'], ['--key', 'K'], ['--what']])
    await expect(startCommand(args)).rejects.toThrow(TypeError)
})
