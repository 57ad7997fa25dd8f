import { ScalpError } from '@scalp/canonical'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { type FailureOptions, reportFailure } from './failure.js'

function report(error: unknown, options: FailureOptions = {}): { code: number; text: string } {
  let text = ''
  const code = reportFailure(error, { ...options, write: (part) => void (text += part) })
  return { code, text }
}

test('an error of ours is told with what to do and its code', () => {
  const error = new ScalpError('The file is cut.', { code: 'FILE_CUT', hint: 'Fetch it again.' })
  expect(report(error)).toEqual({
    code: 1,
    text: '\nerror: The file is cut.\n  Fetch it again.\n  (FILE_CUT)\n',
  })
  expect(report(error, { wrongCalls: new Set(['FILE_CUT']) }).code).toBe(2)
})

test('help and the version are no failure, a wrong flag is a wrong call', () => {
  expect(report(new CommanderError(0, 'commander.help', ''))).toEqual({ code: 0, text: '' })
  expect(report(new CommanderError(1, 'commander.unknownOption', 'x'))).toEqual({ code: 2, text: '' })
})

test('faults of the disk are told in words', () => {
  const fault = (code: string): Error => Object.assign(new Error(code), { code, path: 'out/x' })
  expect(report(fault('ENOSPC'), { outFlag: '--out' }).text).toContain(
    '(out/x). Free some space, or write elsewhere with --out.',
  )
  expect(report(fault('ENOSPC')).text).toContain('Free some space.\n')
  for (const code of ['EACCES', 'EPERM', 'EEXIST', 'ENOTDIR', 'ENOENT', 'EADDRINUSE'])
    expect(report(fault(code))).toMatchObject({ code: 1, text: expect.stringContaining('error: ') as string })
})

test('what nobody foresaw is asked to be reported, with its place', () => {
  const { code, text } = report(new TypeError('x is no function'))
  expect(code).toBe(1)
  expect(text).toContain('please report it')
  expect(text).toContain('failure.test.ts')
  expect(report('text').text).toContain('text')
})
