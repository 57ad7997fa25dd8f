import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** What goes wrong on a connection, once so many bytes of it were sent; the greeting counts too. */
export interface GatewayFault {
  /**
   * `end` closes in good order, `reset` breaks the connection, `silence` sends nothing more and keeps it open,
   * `garbage` goes on with bytes that are no record, and then ends.
   */
  readonly kind: 'end' | 'reset' | 'silence' | 'garbage'
  readonly afterBytes: number
  /** Counts from the success line instead of from the greeting. */
  readonly inStream?: boolean
}

/** How the bytes of a connection leave. */
export interface WireOptions {
  /** Bytes of each write; default: all at once. */
  readonly pieceBytes?: number
  readonly fault?: GatewayFault
}

const GARBAGE = new Uint8Array(64).fill(1)

/** The sending side of a connection: in pieces, up to a fault. */
export class Wire {
  /** The fault that has happened. */
  fault: GatewayFault | undefined
  readonly #socket: Socket
  readonly #options: WireOptions
  #left: number
  #isDead = false

  constructor(socket: Socket, options: WireOptions) {
    this.#socket = socket
    this.#options = options
    this.#left =
      options.fault?.inStream === true
        ? Number.POSITIVE_INFINITY
        : (options.fault?.afterBytes ?? Number.POSITIVE_INFINITY)
  }

  /** True once nothing sent arrives any more. */
  get isDead(): boolean {
    return this.#isDead || this.#socket.destroyed || this.#socket.writableEnded
  }

  /** The stream begins: faults that count from there start to count. */
  beginStream(): void {
    const { fault } = this.#options
    if (fault?.inStream === true) this.#left = fault.afterBytes
  }

  /** Sends bytes, as fast as the other side takes them. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.isDead) return
    const isLast = bytes.length >= this.#left
    const whole = isLast ? bytes.subarray(0, this.#left) : bytes
    this.#left -= whole.length
    const { pieceBytes = whole.length } = this.#options
    for (let at = 0; at < whole.length && !this.isDead; at += pieceBytes) {
      await this.#write(whole.subarray(at, at + pieceBytes))
      /** A turn of the event loop between pieces, so that they leave as packets of their own. */
      if (pieceBytes < whole.length) await nextTurn()
    }
    if (isLast) await this.#fail()
  }

  /** Ends in good order. */
  end(): void {
    this.#isDead = true
    this.#socket.end()
  }

  async #fail(): Promise<void> {
    const { fault } = this.#options
    this.fault = fault
    this.#isDead = true
    if (fault?.kind === 'reset') this.#socket.resetAndDestroy()
    if (fault?.kind === 'garbage') await this.#write(GARBAGE)
    if (fault?.kind === 'end' || fault?.kind === 'garbage') this.#socket.end()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#socket.off('close', done)
        resolve()
      }
      this.#socket.on('drain', done)
      this.#socket.on('close', done)
    })
  }
}
