#!/usr/bin/env node
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  /** Half of the start of a short run is compilation, and nothing changes from one run to the next. */
  module.enableCompileCache()
  await import('../dist/main.js')
} else {
  process.stderr.write(`Node ${process.versions.node} is too old. Install Node 22.18 or newer.\n`)
  process.exitCode = 1
}
