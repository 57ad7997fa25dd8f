/**
 * The columns of quotes, which make up most slices. Each is read on its own, in a loop that has no branch, makes no
 * call and holds all it needs in locals; it stops for the few codes that do not fit a byte.
 */
import type { EventBatch } from '../tape/event-batch.js'
import type { BlockDecoder } from './block-decoder.js'
import type { ColumnCursor } from './column-cursor.js'
import { CODE } from './format.js'

/** Which instrument each quote is of. */
export function decodePlaces(
  block: BlockDecoder,
  { symbol, receivedUs }: EventBatch,
  from: number,
  to: number,
): void {
  const { bytes, order } = block
  const cursor = block.cursors.place
  let row = from
  while (row < to) {
    const stop = cursor.isNarrow ? Math.min(to, row + cursor.nextLarge - cursor.read) : row
    if (stop > row) {
      const places = order.place
      const codes = cursor.codes + cursor.read - row
      let rank = block.rank
      cursor.read += stop - row
      for (; row < stop; row++) {
        const code = bytes[codes + row] as number
        rank = (rank + ((code >>> 1) ^ -(code & 1)) + 1) | 0
        symbol[row] = places[rank] as number
      }
      block.rank = rank
      block.place = symbol[row - 1] as number
    }
    if (row < to) {
      symbol[row] = block.nextPlace(cursor.next(), receivedUs, row)
      row++
    }
  }
}

/** Bids by how far they moved, and asks by how much their spread to the last bid changed. */
export function decodePrices(block: BlockDecoder, batch: EventBatch, from: number, to: number): void {
  const { symbol, a, b } = batch
  const { bytes, last, unit, cursors } = block
  const bids = cursors.a
  const asks = cursors.b
  const isNarrow = bids.isNarrow && asks.isNarrow
  let row = from
  while (row < to) {
    const stop = isNarrow
      ? Math.min(to, row + bids.nextLarge - bids.read, row + asks.nextLarge - asks.read)
      : row
    if (stop > row) {
      const bidCodes = bids.codes + bids.read - row
      const askCodes = asks.codes + asks.read - row
      bids.read += stop - row
      asks.read += stop - row
      for (; row < stop; row++) {
        const at = (symbol[row] as number) << 1
        const bidCode = bytes[bidCodes + row] as number
        const askCode = bytes[askCodes + row] as number
        const bid = (last[at] as number) + ((bidCode >>> 1) ^ -(bidCode & 1)) * unit
        const spread = (last[at + 1] as number) + ((askCode >>> 1) ^ -(askCode & 1)) * unit
        last[at] = bid
        last[at + 1] = spread
        a[row] = bid
        b[row] = bid + spread
      }
    }
    if (row < to) {
      decodePrice(block, batch, row)
      row++
    }
  }
}

function decodePrice({ cursors, last, unit }: BlockDecoder, { symbol, a, b }: EventBatch, row: number): void {
  const at = (symbol[row] as number) << 1
  const bid = cursors.a.priceOf(cursors.a.next(), last[at] as number, unit)
  if (bid === bid) last[at] = bid
  a[row] = bid
  const base = last[at] as number
  const code = cursors.b.next()
  if (code < CODE.none) {
    const spread = (last[at + 1] as number) + ((code >>> 1) ^ -(code & 1)) * unit
    last[at + 1] = spread
    b[row] = base + spread
  } else if (code === CODE.none) b[row] = Number.NaN
  else {
    const ask = cursors.b.wide()
    last[at + 1] = ask - base
    b[row] = ask
  }
}

/** Sizes, each told by itself. */
export function decodeSizes(
  { bytes }: BlockDecoder,
  column: Float64Array,
  from: number,
  to: number,
  cursor: ColumnCursor,
): void {
  if (!cursor.isNarrow) {
    for (let row = from; row < to; row++) column[row] = cursor.countOf(cursor.next())
    return
  }
  const codes = cursor.codes + cursor.read - from
  for (let row = from; row < to; row++) column[row] = bytes[codes + row] as number
  const shift = from - cursor.read
  cursor.read += to - from
  while (cursor.nextLarge < cursor.read) {
    const row = cursor.nextLarge + shift
    column[row] = cursor.countOf(cursor.takeLarge())
  }
}
