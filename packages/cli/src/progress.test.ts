import { expect, test } from 'vitest'
import { createProgressBar } from './progress.js'

test('writes nothing when silent', () => {
  const written: unknown[] = []
  const { write } = process.stderr
  process.stderr.write = ((chunk: unknown) => written.push(chunk) > 0) as typeof process.stderr.write
  try {
    const bar = createProgressBar({ isSilent: true })
    bar.start(10, 'MB')
    bar.update(5, 'half')
    bar.stop()
  } finally {
    process.stderr.write = write
  }
  expect(written).toEqual([])
})
