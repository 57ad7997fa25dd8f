/** Bytes that are pulled, straight into the buffer of whoever reads them. */
export interface ByteSource {
  /** Fills `out[from, to)` and answers how many bytes it wrote: fewer than asked for only at the end. */
  fill(out: Uint8Array, from: number, to: number): number
  close(): void
}
