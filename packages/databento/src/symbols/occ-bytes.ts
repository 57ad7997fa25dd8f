const BLANK = 0x20
const CALL = 0x43
const PUT = 0x50
/** Characters of a padded OCC symbol. */
export const SYMBOL_LENGTH = 21
const ROOT_LENGTH = 6
const RIGHT_AT = 12

/** Roots as {@link isForeignOption} compares them: six bytes each, padded with blanks. */
export function encodeRoots(roots: readonly string[]): Uint8Array[] {
  const encoder = new TextEncoder()
  return roots.map((root) => encoder.encode(root.padEnd(ROOT_LENGTH)))
}

/**
 * True when the `length` bytes at a place are an OCC symbol of 21 characters of none of these roots.
 *
 * Makes no string: most symbols of a day are foreign to whoever wants one underlying.
 */
export function isForeignOption(
  bytes: Uint8Array,
  at: number,
  length: number,
  roots: readonly Uint8Array[],
): boolean {
  if (length !== SYMBOL_LENGTH || (bytes[at] as number) < 0x41) return false
  for (let i = 1; i < ROOT_LENGTH; i++) if ((bytes[at + i] as number) < BLANK) return false
  for (let i = ROOT_LENGTH; i < SYMBOL_LENGTH; i++) {
    const byte = bytes[at + i] as number
    if (i === RIGHT_AT ? byte !== CALL && byte !== PUT : byte < 0x30 || byte > 0x39) return false
  }
  for (const root of roots) if (hasRoot(bytes, at, root)) return false
  return true
}

function hasRoot(bytes: Uint8Array, at: number, root: Uint8Array): boolean {
  if (root.length !== ROOT_LENGTH) return false
  for (let i = 0; i < ROOT_LENGTH; i++) if (bytes[at + i] !== root[i]) return false
  return true
}
