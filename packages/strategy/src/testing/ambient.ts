/** The parts of the platform that make a run depend on when and where it happens. */
interface Ambient {
  Date: DateConstructor
  setTimeout: unknown
  setInterval: unknown
  setImmediate: unknown
  queueMicrotask: unknown
  fetch: unknown
}

/**
 * Makes a call, and tells of every clock, chance, timer or fetch that it uses meanwhile. Each of them works all the
 * same, so that one fault does not hide another.
 */
export function forbidAmbient(call: () => void, tell: (name: string) => void): void {
  const world = globalThis as unknown as Ambient
  const { Date: RealDate } = world
  const watched = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'] as const
  const kept = watched.map((name) => world[name])
  const { random } = Math
  const now = performance.now.bind(performance)
  const told = (name: string, real: (...input: never[]) => unknown) =>
    function watch(...input: never[]): unknown {
      tell(name)
      return real(...input)
    }
  world.Date = new Proxy(RealDate, {
    construct(target, input: []) {
      if (input.length === 0) tell('new Date()')
      return new target(...input)
    },
    get(target, key) {
      if (key === 'now') tell('Date.now')
      return Reflect.get(target, key) as unknown
    },
  })
  Math.random = told('Math.random', random) as () => number
  performance.now = told('performance.now', now) as () => number
  watched.forEach((name, at) => {
    if (kept[at] !== undefined) world[name] = told(name, kept[at] as (...input: never[]) => unknown)
  })
  try {
    call()
  } finally {
    world.Date = RealDate
    Math.random = random
    /** The own property that was laid over the prototype's. */
    Reflect.deleteProperty(performance, 'now')
    watched.forEach((name, at) => {
      world[name] = kept[at]
    })
  }
}
