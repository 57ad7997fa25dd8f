import path from 'node:path'
import { RTYPE } from '@scalp/databento'
import { writeDbnFile } from '@scalp/databento/node'
import { expect, test } from 'vitest'
import { call, newFolder } from './call.js'
import { atUs, metadataOf, writeDay } from './dataset.js'

const DAY = '2025-02-20'

/** Bars of DEMO: it is worth $50 until 15:00 UTC, and $100 from then on. */
async function writeBars(folder: string): Promise<string> {
  const file = path.join(folder, 'equs-mini-20250220.ohlcv-1m.dbn')
  const metadata = { ...metadataOf(DAY, { 7: 'DEMO' }), dataset: 'EQUS.MINI', schema: 'ohlcv-1m' as const }
  await writeDbnFile(file, { metadata }, ({ records }) => {
    for (const [time, dollars] of [
      ['14:30:00', 50],
      ['14:59:00', 100],
    ] as const) {
      const price = dollars * 1e6
      records.ohlcv({
        rtype: RTYPE.ohlcv1m,
        publisherId: 95,
        instrumentId: 7,
        startUs: atUs(DAY, time),
        openMicros: price,
        highMicros: price,
        lowMicros: price,
        closeMicros: price,
        volume: 1,
      })
    }
  })
  return file
}

const rows = ['14:30:30', '14:31:00', '14:59:59', '15:00:00'].flatMap((time) =>
  [101, 201].map((id) => ({ id, us: atUs(DAY, time), bid: 1e6, ask: 2e6 })),
)

test('moneyness is measured by the last bar that is over', async () => {
  const folder = await newFolder()
  await writeDay(folder, DAY, rows)
  await writeBars(folder)
  const output = path.join(await newFolder(), 'cut.dbn')
  const cut = async (moneyness: string): Promise<string[]> => {
    const { code, err } = await call(
      'slice',
      folder,
      '-o',
      output,
      '--force',
      '--quiet',
      '--moneyness',
      moneyness,
    )
    expect([code, err]).toEqual([0, ''])
    const { out } = await call('cat', output, '--pretty', '--fields', 'ts_recv,instrument_id')
    return out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^.*T(.{8}).*,/, '$1 '))
  }
  // 101 is the call with a strike of $50; the price of OTHER is not known.
  expect(await cut('0.9..1.1')).toEqual(['14:31:00 101', '14:59:59 101'])
  expect(await cut('..0.5')).toEqual(['15:00:00 101'])
})

test('a single file needs to be told where the bars are', async () => {
  const folder = await newFolder()
  const file = await writeDay(folder, DAY, rows)
  const bars = await writeBars(await newFolder())
  const output = path.join(folder, 'cut.dbn')
  const args = ['slice', file, '-o', output, '--quiet', '--moneyness', '1']
  expect(await call(...args)).toMatchObject({ code: 2, err: expect.stringContaining('--bars') as string })
  expect((await call(...args, '--bars', bars)).code).toBe(0)
  const { out } = await call('count', output, '--json')
  expect(JSON.parse(out)).toMatchObject({ record_count: 2 })
  const none = await call('slice', folder, '-o', `${output}.dbn`, '--moneyness', '1')
  expect(none.err).toContain('DATA_NOT_FOUND')
})
