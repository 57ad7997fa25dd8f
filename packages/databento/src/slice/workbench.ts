import { createZstdContext, type ZstdContext } from '../zstd/zstd-context.js'
import { BlockDecoder } from './block-decoder.js'

/** More readers than this at once are those of files that are merged. */
const MAX_SPARE = 8

/** What reading a slice needs besides the file: readers that follow each other use the same. */
export class Workbench {
  /** Bytes of a block, as they lie in the file. */
  packed: Uint8Array = new Uint8Array(1 << 16)
  /** And decompressed. */
  raw: Uint8Array = new Uint8Array(1 << 17)
  readonly blocks: BlockDecoder = new BlockDecoder()
  #context: ZstdContext | undefined

  /** Made when it is first asked for: who only checks a file decompresses nothing. */
  get context(): ZstdContext {
    return (this.#context ??= createZstdContext())
  }

  close(): void {
    this.#context?.close()
  }
}

/** A year of days is thousands of files. Buffers and contexts of each would be most of what is collected as garbage. */
const spare: Workbench[] = []

/** A workbench as good as new. */
export function takeWorkbench(): Workbench {
  const bench = spare.pop()
  if (bench === undefined) return new Workbench()
  bench.blocks.reset()
  return bench
}

/** Gives back a workbench whose last block came out whole. */
export function giveWorkbench(bench: Workbench): void {
  if (spare.length < MAX_SPARE) spare.push(bench)
  else bench.close()
}
