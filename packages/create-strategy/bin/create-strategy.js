#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) await import('../dist/main.js')
else {
  process.stderr.write(`Node ${process.versions.node} is too old. Install Node 22.18 or newer.\n`)
  process.exitCode = 1
}
