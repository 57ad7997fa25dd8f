import type { PassPlayer } from './run-sweep.js'
import { playPasses } from './thread-pool.js'

/** Plays passes in threads of this machine. */
export function playInThreads(threads: number): PassPlayer {
  return {
    atOnce: threads,
    play: ({ base, dataId, passes, onEnd, onProgress, signal }) =>
      playPasses({
        base,
        dataId,
        passes,
        threads,
        signal,
        onProgress,
        onEnd: (_pass, ends) => onEnd(ends, 'local'),
      }),
  }
}
