import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs'

/**
 * Room kept on the disk for the worst hour: a file of zeros, given up when the disk is full, so that the way
 * out of the positions can still be recorded.
 */
export class DiskReserve {
  readonly #path: string
  readonly #bytes: number

  constructor({ path, bytes }: { path: string; bytes: number }) {
    this.#path = path
    this.#bytes = bytes
  }

  /** Takes the room, if it is not taken yet; false when the disk has none. */
  take(): boolean {
    if (this.#bytes === 0 || sizeOf(this.#path) >= this.#bytes) return true
    try {
      const fd = openSync(this.#path, 'w')
      try {
        const zeros = Buffer.alloc(Math.min(this.#bytes, 65_536))
        for (let left = this.#bytes; left > 0; ) left -= writeSync(fd, zeros, 0, Math.min(left, zeros.length))
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      return true
    } catch {
      rmSync(this.#path, { force: true })
      return false
    }
  }

  /** Gives the room back to the disk; false when there was none. */
  release(): boolean {
    if (sizeOf(this.#path) === 0) return false
    rmSync(this.#path, { force: true })
    return true
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
