export { type FailureOptions, reportFailure } from './failure.js'
export { createProgressBar, type Progress } from './progress.js'
