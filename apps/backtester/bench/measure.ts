import { PerformanceObserver } from 'node:perf_hooks'

/** What some work cost this process. */
export interface Cost {
  /** Processor time of all threads, ns: on a machine that others use it tells more than the clock. */
  readonly cpuNs: number
  readonly wallNs: number
  /** Time in garbage collection, ns; its helper threads may run beside the work. */
  readonly gcNs: number
}

let gcMs = 0
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcMs += duration
})
observer.observe({ entryTypes: ['gc'] })

/** Runs some work and tells its cost. */
export async function measure<Result>(
  work: () => Promise<Result>,
): Promise<Cost & { readonly result: Result }> {
  await settle()
  const gc = gcMs
  const cpu = process.cpuUsage()
  const started = process.hrtime.bigint()
  const result = await work()
  const wallNs = Number(process.hrtime.bigint() - started)
  const { user, system } = process.cpuUsage(cpu)
  await settle()
  return { result, cpuNs: (user + system) * 1_000, wallNs, gcNs: (gcMs - gc) * 1e6 }
}

/** Lets the observer hear of what was collected. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
