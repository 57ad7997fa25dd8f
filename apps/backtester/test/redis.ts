import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { newFolder } from './market.js'

const BIN = fileURLToPath(new URL('../bin/scalp-backtest.js', import.meta.url))

/** True where a Redis server is installed; tests that need one are skipped and counted elsewhere. */
export const hasRedis: boolean = spawnSync('redis-server', ['--version']).status === 0

/** A Redis server of one's own, on a free port of this machine, that can be killed and started again. */
export class OwnRedis {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), await newFolder())
    await redis.start()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const flags = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.#folder]
    const kept = ['--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction']
    const started = spawn('redis-server', [...flags, ...kept], { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#process = started
    await new Promise<void>((resolve, reject) => {
      started.on('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
      started.stdout.on('data', (text: Buffer) => {
        if (text.includes('Ready to accept connections')) resolve()
      })
    })
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    await ended(this.#process, signal)
  }
}

/** Starts the program as a process of its own. */
export function startProgram(
  args: readonly string[],
  cwd: string,
): ChildProcess & { readonly said: () => string } {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString()
  })
  child.stderr.on('data', (part: Buffer) => {
    text += part.toString()
  })
  return Object.assign(child, { said: () => text })
}

/** Ends a process and waits for it. */
export async function ended(
  child: ChildProcess | undefined,
  signal?: NodeJS.Signals,
): Promise<number | null> {
  if (child === undefined) return null
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const over = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (signal !== undefined) child.kill(signal)
  return over
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
