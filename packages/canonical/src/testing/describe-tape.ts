import type { Tape } from '../ports.js'
import { must, type TestFramework } from './conformance.js'
import { WatchingSink } from './watching-sink.js'

/** How the suite opens a tape; it has at least two events, and is opened from its start each time. */
export interface TapeStage {
  open(): Promise<Tape>
}

/** What every tape must do: `describeTape({ describe, test }, 'mine', { open })`. */
export function describeTape({ describe, test }: TestFramework, name: string, { open }: TapeStage): void {
  describe(`tape: ${name}`, () => {
    test('each event comes once, at the time the head said, none older than the one before', async () => {
      const [tape, sink] = [await open(), new WatchingSink()]
      await play(tape, sink)
      await tape.close()
      sink.check()
      must(sink.count >= 2, 'There are fewer than two events')
    })

    test('before the first block and after the last one there is no event to emit', async () => {
      const tape = await open()
      must(tape.receivedUs === Infinity, 'A head is there before the first block', tape.receivedUs)
      await play(tape, new WatchingSink())
      must(tape.receivedUs === Infinity, 'A head is there after the last block', tape.receivedUs)
      must(!(await tape.refill()), 'A tape at its end refilled')
      await tape.close()
    })

    test('two tapes of the same data tell the same', async () => {
      const told: string[] = []
      for (let run = 0; run < 2; run++) {
        const [tape, sink] = [await open(), new WatchingSink()]
        await play(tape, sink)
        await tape.close()
        told.push(JSON.stringify(sink.kept))
      }
      must(told[0] === told[1], 'The second time told something else')
    })

    test('a tape is closed in the middle, and twice, without a complaint', async () => {
      const [tape, sink] = [await open(), new WatchingSink()]
      must(await tape.refill(), 'There is no block')
      tape.emit(sink)
      await tape.close()
      await tape.close()
      must(sink.count === 1, 'One emit was to be one event', sink.count)
    })
  })
}

async function play(tape: Tape, sink: WatchingSink): Promise<void> {
  while (await tape.refill()) {
    must(tape.receivedUs < Infinity, 'A refilled tape has no head')
    while (tape.receivedUs < Infinity) {
      const [headUs, { count }] = [tape.receivedUs, sink]
      tape.emit(sink)
      must(sink.count === count + 1, 'One emit was to be one event', sink.count - count)
      must(sink.lastUs === headUs, `The head said ${headUs}`, sink.lastUs)
      must(tape.receivedUs >= headUs, 'The next head is older', tape.receivedUs)
    }
  }
}
