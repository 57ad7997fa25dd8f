import { reportFailure } from '@scalp/cli'
import { createProgram } from './program.js'
import { wrongCalls } from './wrong-calls.js'

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error, { wrongCalls, outFlag: '--out' })
}
