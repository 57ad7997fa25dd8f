import { reportFailure } from '@scalp/cli'
import { createProgram, wrongCalls } from './program.js'

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error, { wrongCalls })
}
