import type { Us } from './units.js'

/** Tells the time. In a replay it is the time of the event being handled. */
export interface Clock {
  nowUs(): Us
}

/** The wall clock: the one place of the libraries that reads it. */
export const wallClock: Clock = { nowUs: () => Date.now() * 1_000 }
