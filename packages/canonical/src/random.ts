/** A stream of numbers in [0, 1) that a seed determines. */
export type Random = () => number

/**
 * Makes a deterministic random stream.
 *
 * Source: sfc32 (Chris Doty-Humphrey, PractRand), seeded by hashing the text with FNV-1a.
 */
export function createRandom(seed: string | number): Random {
  let a = hash(`${seed}:a`)
  let b = hash(`${seed}:b`)
  let c = hash(`${seed}:c`)
  let counter = 1
  const next = (): number => {
    const t = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4_294_967_296
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h | 0
}
