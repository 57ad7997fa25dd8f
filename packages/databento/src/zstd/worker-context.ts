import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { FrameWalker } from './frame-walker.js'
import type { ZstdContext } from './zstd-context.js'

/** What a thread is given: some bytes of a frame, and whether they end it. */
interface Piece {
  readonly bytes: Uint8Array
  readonly endsFrame: boolean
}

/** What comes of a piece. */
interface Answer {
  readonly chunks: readonly Uint8Array[]
  readonly failure?: string
}

/** How long a thread may take for its start or for a piece, some 128 KB of output, before it is taken for dead. */
const PATIENCE_MS = 120_000

/**
 * One stream of the runtime for each frame, for it knows no second one. An answer is there before its count.
 *
 * A text, so that it needs no file of its own wherever this module is bundled into.
 */
const PROGRAM = `
const { workerData } = require('node:worker_threads')
const { createZstdDecompress } = require('node:zlib')
const { port, answers } = workerData
let stream
let chunks = []
function answer(failure) {
  port.postMessage({ chunks, failure })
  chunks = []
  Atomics.add(answers, 0, 1)
  Atomics.notify(answers, 0)
}
function open() {
  stream = createZstdDecompress({ chunkSize: 131072 })
  stream.on('data', (chunk) => chunks.push(chunk))
  stream.on('error', (error) => answer(error.message))
}
port.on('message', ({ bytes, endsFrame }) => {
  if (stream === undefined) open()
  const own = stream
  if (endsFrame) {
    stream = undefined
    own.once('end', () => answer())
    own.end(bytes)
    return
  }
  own.write(bytes, (error) => {
    if (error) return
    while (own.read() !== null);
    answer()
  })
})
answer()
`

/**
 * Decompresses by what the runtime documents alone: its stream in a thread, which the calling thread waits for.
 *
 * For runtimes whose streams can no longer be driven at once from within; it costs a copy and a change of thread a block.
 */
export class WorkerContext implements ZstdContext {
  consumed = 0
  produced = 0
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #answers = new Int32Array(new SharedArrayBuffer(4))
  #answered = 0
  readonly #walker = new FrameWalker()
  /** What came of pieces and was not handed out. */
  #chunks: Uint8Array[] = []
  #at = 0
  #failure: string | undefined

  /** @throws Error When the thread does not start. */
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(PROGRAM, {
      eval: true,
      workerData: { port: port2, answers: this.#answers },
      transferList: [port2],
    })
    this.#worker.unref()
    this.#port.unref()
    try {
      this.#wait()
    } catch (error) {
      this.close()
      throw error
    }
  }

  run(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): void {
    for (const piece of this.#walker.walk(input.subarray(from, to))) this.#decompress(piece)
    this.consumed = to - from
    this.produced = this.#take(out, at, end)
    if (this.#failure !== undefined && this.#chunks.length === 0) throw new Error(this.#failure)
  }

  close(): void {
    this.#port.close()
    this.#worker.terminate().catch(() => undefined)
  }

  #decompress({ bytes, endsFrame }: Piece): void {
    if (this.#failure !== undefined) return
    const own = bytes.slice()
    this.#port.postMessage({ bytes: own, endsFrame } satisfies Piece, [own.buffer])
    const { chunks, failure } = this.#wait()
    this.#chunks.push(...chunks)
    this.#failure = failure
  }

  #wait(): Answer {
    while (Atomics.load(this.#answers, 0) === this.#answered)
      if (Atomics.wait(this.#answers, 0, this.#answered, PATIENCE_MS) === 'timed-out')
        throw new Error(`the thread that decompresses has not answered for ${PATIENCE_MS / 1_000} s`)
    this.#answered++
    const { message } = receiveMessageOnPort(this.#port) as { message: Answer }
    return message
  }

  #take(out: Uint8Array, from: number, end: number): number {
    let at = from
    for (let chunk = this.#chunks[0]; chunk !== undefined && at < end; chunk = this.#chunks[0]) {
      const bytes = chunk.subarray(this.#at, this.#at + end - at)
      out.set(bytes, at)
      at += bytes.length
      this.#at += bytes.length
      if (this.#at < chunk.length) break
      this.#chunks.shift()
      this.#at = 0
    }
    return at - from
  }
}
