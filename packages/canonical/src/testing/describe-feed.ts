import type { Feed } from '../ports.js'
import type { TestFramework } from './conformance.js'
import { must } from './conformance.js'
import { WatchingSink } from './watching-sink.js'

/** A feed and the source behind it, as the suite drives them. */
export interface FeedStage {
  /** Not started yet. */
  readonly feed: Feed
  /** Makes the source publish at least one event, and waits until a feed that listens must have told it. */
  publish(): Promise<void>
  close?(): Promise<void>
}

/** What every live feed must do: `describeFeed({ describe, test }, 'mine', openStage)`. Each test opens a stage of its own. */
export function describeFeed(
  { describe, test }: TestFramework,
  name: string,
  open: () => Promise<FeedStage>,
): void {
  const on = (sentence: string, run: (stage: FeedStage, sink: WatchingSink) => Promise<void>): void =>
    test(sentence, async () => {
      const stage = await open()
      const sink = new WatchingSink()
      try {
        await run(stage, sink)
      } finally {
        await stage.feed.stop()
        await stage.close?.()
      }
      sink.check()
    })

  describe(`feed: ${name}`, () => {
    on(
      'what is published comes, in order of its receive time, in our units',
      async ({ feed, publish }, sink) => {
        await sink.during(() => feed.start(sink))
        await publish()
        await publish()
        must(sink.count > 0, 'Nothing came')
      },
    )

    on('what is kept by copy stays as it was', async ({ feed, publish }, sink) => {
      await sink.during(() => feed.start(sink))
      await publish()
      const [count, before] = [sink.kept.length, JSON.stringify(sink.kept)]
      await publish()
      must(sink.kept.length > count, 'The second time nothing came')
      must(JSON.stringify(sink.kept.slice(0, count)) === before, 'A copy changed later')
    })

    on(
      'nothing comes once stop has resolved, and to stop again is no mistake',
      async ({ feed, publish }, sink) => {
        await sink.during(() => feed.start(sink))
        await publish()
        await feed.stop()
        const { count } = sink
        await publish()
        await feed.stop()
        must(sink.count === count, 'An event came after stop')
      },
    )
  })
}
