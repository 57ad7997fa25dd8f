import { expect, test } from 'vitest'
import { isScalpError, MoneyFormatError, ScalpError } from './errors.js'

test('an error says what happened, what to do, and keeps its cause', () => {
  const cause = new Error('disk')
  const error = new ScalpError('It failed.', {
    code: 'X_FAILED',
    hint: 'Try again.',
    details: { at: 3 },
    cause,
  })
  expect(error).toMatchObject({
    message: 'It failed.',
    code: 'X_FAILED',
    hint: 'Try again.',
    details: { at: 3 },
    cause,
  })
  expect('cause' in new ScalpError('No cause.', { code: 'X' })).toBe(false)
})

test('is known by its shape, so that a second copy of the package does not matter', () => {
  expect(isScalpError(new MoneyFormatError({ text: 'x' }))).toBe(true)
  expect(isScalpError(Object.assign(new Error('copy'), { code: 'X', details: {} }))).toBe(true)
  expect(isScalpError(Object.assign(new Error('system'), { code: 'ENOENT' }))).toBe(false)
  expect(isScalpError({ code: 'X', details: {} })).toBe(false)
})
