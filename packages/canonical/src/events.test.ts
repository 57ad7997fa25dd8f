import { expect, test } from 'vitest'
import { BarBuffer, QuoteBuffer, TradeBuffer, UnderlyingBuffer } from './events.js'
import type { InstrumentIndex } from './instruments.js'

test('a copy keeps what a lent buffer held', () => {
  for (const buffer of [new QuoteBuffer(), new TradeBuffer(), new BarBuffer(), new UnderlyingBuffer()]) {
    buffer.instrument = 4 as InstrumentIndex
    buffer.receivedUs = 5
    const copy = buffer.copy()
    buffer.receivedUs = 6
    expect(copy).toMatchObject({ instrument: 4, receivedUs: 5 })
    expect(Object.keys(copy).sort()).toEqual(Object.keys(buffer).sort())
  }
})
