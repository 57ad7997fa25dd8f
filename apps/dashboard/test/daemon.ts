import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const BIN = path.resolve(import.meta.dirname, '../../live/bin/scalp-live.js')

/** A demo daemon in a process of its own, with a folder of its own. */
export class Daemon {
  readonly token = 'browser-test-token-0123456789'
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'scalp-dashboard-'))
  #port = 0
  #process: ChildProcess | undefined
  #output = ''

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** What it printed so far. */
  get output(): string {
    return this.#output
  }

  /** Starts it, on the port of before if it ran before; resolves when it answers. */
  async start(speed = 30): Promise<void> {
    if (this.#port === 0) this.#port = await freePort()
    const child = spawn(
      process.execPath,
      [BIN, 'demo', '--port', String(this.#port), '--speed', String(speed), '--token', this.token],
      { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'], env: ownEnvironment() },
    )
    this.#process = child
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString()
      })
    const until = Date.now() + 40_000
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`scalp-live ended: ${this.#output}`)
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined)
      if (answer?.ok === true) return
      await pause(100)
    }
    throw new Error(`scalp-live does not answer: ${this.#output}`)
  }

  /** Ends it as Ctrl-C does, or at once. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await Promise.race([ended, pause(10_000).then(() => child.kill('SIGKILL'))])
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Nothing of what a developer's shell or CI sets for Scalp. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SCALP_')))
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
