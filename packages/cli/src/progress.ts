import { SingleBar } from 'cli-progress'

/** What long work tells about itself. */
export interface Progress {
  /** Says how much there is in all, in the unit of `update`. */
  start(total: number, unit: string): void
  update(done: number, note: string): void
  stop(): void
}

/** A bar with rate and time left on a terminal's standard error; nothing when silent or piped. */
export function createProgressBar({ isSilent }: { readonly isSilent: boolean }): Progress {
  if (isSilent || !process.stderr.isTTY) return { start() {}, update() {}, stop() {} }
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}% | {value}/{total} {unit} | {rate} | {note} | {eta_formatted} left',
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  })
  let unit = ''
  let startedMs = 0
  return {
    start(total, name) {
      unit = name
      startedMs = Date.now()
      bar.start(total, 0, { unit, rate: '', note: '' })
    },
    update(done, note) {
      const seconds = (Date.now() - startedMs) / 1_000
      bar.update(done, { rate: `${(done / seconds).toFixed(1)} ${unit}/s`, note })
    },
    stop: () => bar.stop(),
  }
}
