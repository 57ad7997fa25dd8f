import { reportFailure } from '@scalp/cli'
import { isClosedPipe, standardOutput } from './output.js'
import { createProgram } from './program.js'
import { wrongCalls } from './wrong-calls.js'

try {
  process.exitCode = await createProgram(standardOutput()).run(process.argv.slice(2))
} catch (error) {
  process.exitCode = isClosedPipe(error) ? 0 : reportFailure(error, { wrongCalls, outFlag: '-o' })
}
