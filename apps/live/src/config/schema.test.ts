import { expect, test } from 'vitest'
import { liveConfigSchema } from './schema.js'

test('the stages before the close must come in their order', () => {
  const stages = (flatByClose: object) => liveConfigSchema.safeParse({ risk: { flatByClose } }).success
  expect(stages({ limitSeconds: 600, walkSeconds: 300, marketSeconds: 120, alertSeconds: 60 })).toBe(true)
  expect(stages({ limitSeconds: 10 })).toBe(false)
  expect(liveConfigSchema.parse({ risk: { flatByClose: null } }).risk.flatByClose).toBeNull()
})
