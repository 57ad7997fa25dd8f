import { type ReadonlySignal, signal } from '@preact/signals'

const now = signal(Date.now())
setInterval(() => {
  now.value = Date.now()
}, 1_000)

/** This browser's clock, once a second: for how long nothing was heard, never for market time. */
export const nowMs: ReadonlySignal<number> = now
