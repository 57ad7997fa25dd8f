import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readInput } from '../src/input.js'
import { newFolder } from './call.js'
import { atUs, writeDay } from './dataset.js'

const DAY = '2025-02-20'

async function dayBytes(records: number): Promise<Buffer> {
  const rows = Array.from({ length: records }, () => ({
    id: 101,
    us: atUs(DAY, '15:00:00'),
    bid: 1e6,
    ask: 2e6,
  }))
  return readFileSync(await writeDay(await newFolder(), DAY, rows, 'day.dbn'))
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve()
    yield bytes.subarray(at, at + size)
  }
}

async function counted(bytes: Uint8Array, size: number, partial = false): Promise<[number, boolean]> {
  let records = 0
  const { isTruncated } = await readInput(
    '-',
    {
      onMetadata() {},
      onBlock({ bytes: block, length }) {
        for (let at = 0; at < length; at += (block[at] as number) * 4) records++
      },
    },
    { partial },
    inPieces(bytes, size),
  )
  return [records, isTruncated]
}

test('standard input is read in whatever pieces it comes, raw or zstd, in one frame or two', async () => {
  const bytes = await dayBytes(1_000)
  const frames = Buffer.concat([
    zstdCompressSync(bytes.subarray(0, 5_000)),
    zstdCompressSync(bytes.subarray(5_000)),
  ])
  for (const input of [bytes, zstdCompressSync(bytes), frames])
    for (const size of [1, 3, 1_000, 1 << 20]) expect(await counted(input, size)).toEqual([1_000, false])
})

test('input that was cut short fails, or is kept as far as it goes', async () => {
  const bytes = (await dayBytes(10)).subarray(0, -5)
  await expect(counted(bytes, 100)).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
  expect(await counted(bytes, 100, true)).toEqual([9, true])
  await expect(counted(bytes.subarray(0, 50), 10, true)).rejects.toMatchObject({ code: 'DBN_TRUNCATED' })
  await expect(counted(zstdCompressSync(bytes).subarray(0, -4), 100)).rejects.toMatchObject({
    code: 'DBN_TRUNCATED',
  })
})

test('input that is empty or no DBN is refused', async () => {
  await expect(counted(new Uint8Array(0), 1)).rejects.toMatchObject({
    code: expect.stringMatching(/^DBN_/) as string,
  })
  const text = path.join(await newFolder(), 'text')
  writeFileSync(text, 'ts_recv,ts_event')
  await expect(counted(readFileSync(text), 4)).rejects.toMatchObject({ code: 'DBN_FORMAT' })
})
