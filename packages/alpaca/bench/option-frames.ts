import { createRandom } from '@scalp/canonical'
import { encodeMsgpack, Float64, Uint32 } from '../src/wire/msgpack-writer.js'
import { WireTimestamp } from '../src/wire/timestamp.js'

/** Option-stream frames in Alpaca's widths: mixed quotes and trades of 500 contracts, the same every time. */
export function optionFrames({ frames, messages }: { frames: number; messages: number }): Uint8Array[] {
  const random = createRandom('frames')
  const symbols = Array.from(
    { length: 500 },
    (_, index) => `SPY261218${index % 2 === 0 ? 'C' : 'P'}00${500 + (index >> 1)}000`,
  )
  let nanos = 0
  return Array.from({ length: frames }, () =>
    encodeMsgpack(
      Array.from({ length: messages }, () => {
        nanos = (nanos + 12_345) % 1_000_000_000
        const S = symbols[Math.floor(random() * symbols.length)] as string
        const t = new WireTimestamp(1_796_135_465, nanos)
        const price = Math.floor(random() * 1_000) / 100
        if (random() < 0.1)
          return {
            T: 't',
            S,
            t,
            p: new Float64(price),
            s: new Uint32(1 + Math.floor(random() * 50)),
            x: 'C',
            c: 'a',
          }
        const [bs, as] = [new Uint32(Math.floor(random() * 100)), new Uint32(Math.floor(random() * 100))]
        return {
          T: 'q',
          S,
          t,
          bx: 'C',
          bp: new Float64(price),
          bs,
          ax: 'N',
          ap: new Float64(price + 0.03),
          as,
          c: 'A',
        }
      }),
    ),
  )
}
