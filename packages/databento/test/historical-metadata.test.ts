import { expect, test } from 'vitest'
import type { SType } from '../src/index.js'
import { DAY, DAY_MICROS, ROWS, start } from './historical-setup.js'

test('lists what there is', async () => {
  const { client } = await start()
  const { metadata } = client
  const dataset = 'OPRA.PILLAR'
  expect(await metadata.listPublishers()).toEqual([
    { publisherId: 1, dataset, venue: 'OPRA', description: 'OPRA.PILLAR of a stand-in' },
  ])
  expect(await metadata.listDatasets()).toEqual([dataset])
  expect(await metadata.listSchemas({ dataset })).toEqual(['cbbo-1m'])
  expect(await metadata.listFields({ schema: 'cbbo-1m' })).toContainEqual({
    name: 'ts_recv',
    type: 'uint64_t',
  })
  expect(await metadata.listUnitPrices({ dataset })).toEqual([
    { mode: 'historical', usdPerGigabyte: { 'cbbo-1m': 2 } },
    { mode: 'historical-streaming', usdPerGigabyte: { 'cbbo-1m': 2 } },
  ])
})

test('tells the range and the condition of a dataset, the last day included', async () => {
  const { client } = await start()
  const dataset = 'OPRA.PILLAR'
  const start_ = '2025-02-20T14:30:00.000000000Z'
  const end = '2025-02-20T14:49:00.000000001Z'
  expect(await client.metadata.getDatasetRange({ dataset })).toEqual({
    start: start_,
    end,
    schemas: { 'cbbo-1m': { start: start_, end } },
  })
  const query = { dataset, startDate: '2025-02-20', endDate: '2025-02-21' }
  expect(await client.metadata.getDatasetCondition(query)).toEqual([
    { date: '2025-02-20', condition: 'available', lastModifiedDate: '2025-11-27' },
    { date: '2025-02-21', condition: 'missing', lastModifiedDate: undefined },
  ])
})

test('counts records, bytes and dollars', async () => {
  const { client, server } = await start()
  expect(await client.metadata.getRecordCount(DAY)).toBe(ROWS)
  expect(await client.metadata.getBillableSize(DAY)).toBe(ROWS * 80)
  expect(await client.metadata.getCost(DAY)).toBe(DAY_MICROS)
  const minute = { ...DAY, start: '2025-02-20T14:30', end: 1_740_061_860_000_000_000n }
  expect(await client.metadata.getRecordCount(minute)).toBe(100)
  expect(await client.metadata.getRecordCount({ ...DAY, limit: 7 })).toBe(7)
  expect(server.billedUsd).toBe(0)
})

test.each([
  [0.000_000_1, 1],
  [12.34, 12_340_000],
  [0.1, 100_000],
  ['3.0000005', 3_000_001],
  [0, 0],
])('a cost of %s dollars is %i micro-dollars, rounded up', async (usd, micros) => {
  const { client } = await start({ answers: { 'metadata.get_cost': usd } })
  expect(await client.metadata.getCost(DAY)).toBe(micros)
})

test('asks in several requests when there are more symbols than one takes, each symbol once', async () => {
  const { client, server } = await start({ answers: { 'metadata.get_record_count': 3 } })
  const symbols = Array.from({ length: 4_500 }, (_, index) => `S${index % 4_100}`)
  expect(await client.metadata.getRecordCount({ ...DAY, symbols })).toBe(9)
  const counts = server.calls.map(({ parameters }) => parameters['symbols']?.split(',').length)
  expect(counts).toEqual([2_000, 2_000, 100])
  await expect(client.metadata.getCost({ ...DAY, symbols, limit: 5 })).rejects.toMatchObject({
    code: 'DATABENTO_QUERY',
  })
})

test('sends symbols as the API wants them', async () => {
  const { client, server } = await start({ answers: { 'metadata.get_record_count': 1 } })
  const sent = async (symbols: string | string[], stypeIn?: SType): Promise<string | undefined> => {
    await client.metadata.getRecordCount({ ...DAY, symbols, ...(stypeIn === undefined ? {} : { stypeIn }) })
    return server.calls.at(-1)?.parameters['symbols']
  }
  expect(await sent(' tsla  250221C00250000 ')).toBe('TSLA  250221C00250000')
  expect(await sent('spy.opt,qqq.opt', 'parent')).toBe('SPY.OPT,QQQ.OPT')
  expect(await sent(['ES.c.0'], 'continuous')).toBe('ES.c.0')
})

test.each([
  [{ symbols: [] }, 'symbols'],
  [{ symbols: 'A,,B' }, 'symbols'],
  [{ symbols: ['ALL_SYMBOLS', 'A'] }, 'symbols'],
  [{ start: 'yesterday' }, 'start'],
  [{ end: '20-02-2025' }, 'end'],
  [{ limit: 0 }, 'limit'],
  [{ dataset: ' ' }, 'dataset'],
])('refuses %j before anything is sent', async (change, parameter) => {
  const { client, server } = await start()
  await expect(client.metadata.getCost({ ...DAY, ...change })).rejects.toMatchObject({
    code: 'DATABENTO_QUERY',
    details: { parameter },
  })
  expect(server.calls).toHaveLength(0)
})

test('resolves symbols both ways of asking, and tells those it has not', async () => {
  const { client } = await start()
  const query = { dataset: 'OPRA.PILLAR', startDate: '2025-02-20' }
  const symbols = ['TSLA  250221C00250000', 'NONE  250221C00250000']
  expect(await client.symbology.resolve({ ...query, symbols })).toEqual({
    result: {
      [symbols[0] as string]: [{ startDate: '2025-02-20', endDate: '2025-02-21', symbol: '7' }],
      [symbols[1] as string]: [],
    },
    partial: [],
    notFound: [symbols[1]],
  })
  const parent = await client.symbology.resolve({ ...query, symbols: 'TSLA.OPT', stypeIn: 'parent' })
  expect(parent.result['TSLA.OPT']?.map(({ symbol }) => symbol).sort()).toEqual(['7', '9'])
})

test('resolves more symbols than one request takes', async () => {
  const { client, server } = await start()
  const symbols = Array.from({ length: 2_001 }, (_, index) => `S${index}`)
  const query = { dataset: 'OPRA.PILLAR', startDate: '2025-02-20', symbols }
  const { notFound, result } = await client.symbology.resolve(query)
  expect(notFound).toEqual(symbols)
  expect(Object.keys(result)).toHaveLength(2_001)
  expect(server.count('symbology.resolve')).toBe(2)
})
