import type { Logger } from 'pino'

/** Repeats something at a changing pace, one at a time; failures are logged. Answers how to end it. */
export function everySoOften(waitMs: () => number, act: () => Promise<void>, log: Logger): () => void {
  let isWanted = true
  let timer: NodeJS.Timeout
  const plan = (): void => {
    if (!isWanted) return
    timer = setTimeout(() => {
      act()
        .catch((error: unknown) => log.warn({ err: error }, 'a regular task failed'))
        .finally(plan)
    }, waitMs())
  }
  plan()
  return () => {
    isWanted = false
    clearTimeout(timer)
  }
}
