import { expect, test } from 'vitest'
import { loadOptional } from './optional-package.js'

const missing = (name: string): Promise<never> =>
  Promise.reject(
    Object.assign(new Error(`Cannot find package '${name}' imported from here`), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
  )

test('a package that is not installed is named, with how to get it', async () => {
  await expect(
    loadOptional('The queue', ['bullmq', 'ioredis'], () => missing('ioredis')),
  ).rejects.toMatchObject({
    code: 'PACKAGE_MISSING',
    hint: 'Install it beside the backtester: npm install bullmq ioredis',
  })
})

test('what fails for another reason fails as it did', async () => {
  await expect(loadOptional('The queue', ['bullmq'], () => missing('other'))).rejects.toMatchObject({
    code: 'ERR_MODULE_NOT_FOUND',
  })
  expect(await loadOptional('The queue', ['bullmq'], () => Promise.resolve(3))).toBe(3)
})
