import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Where a command's text goes; writing waits until it is taken, so memory does not grow with it. */
export interface Output {
  write(text: string): void
  /** Ends it: what is kept goes out, and a file appears under its name. */
  close(): void
  /** Ends it after a failure: no half file is left. */
  discard(): void
}

const KEPT_CHARS = 1 << 16

/** Standard output, for text of any length. */
export function standardOutput(): Output {
  return outputOf(1, { close() {}, discard() {} })
}

/** A file that appears under its name when it is whole; `.part` is added to the name until then. */
export function fileOutput(file: string): Output {
  const part = `${file}.part`
  const descriptor = openSync(part, 'w')
  return outputOf(descriptor, {
    close() {
      closeSync(descriptor)
      renameSync(part, file)
    },
    discard() {
      closeSync(descriptor)
      rmSync(part, { force: true })
    },
  })
}

/** True when nobody reads the output any more, as after `| head`: no fault. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE'
}

function outputOf(descriptor: number, end: { close(): void; discard(): void }): Output {
  let kept = ''
  const flush = (): void => {
    if (kept === '') return
    writeAll(descriptor, Buffer.from(kept, 'utf8'))
    kept = ''
  }
  return {
    write(text) {
      kept += text
      if (kept.length >= KEPT_CHARS) flush()
    },
    close() {
      flush()
      end.close()
    },
    discard() {
      if (descriptor === 1) flush()
      end.discard()
    },
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of it; a pipe that is full is waited for. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(sleeper, 0, 0, 1)
    }
  }
}
