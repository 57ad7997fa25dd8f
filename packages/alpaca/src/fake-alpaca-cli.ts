#!/usr/bin/env node
import { startCommand, USAGE } from './testing/command.js'

if (process.argv.includes('--help') || process.argv.includes('-h')) console.log(USAGE)
else
  try {
    const { alpaca, stop } = await startCommand(process.argv.slice(2))
    console.log(
      `Listening on ${alpaca.url} (REST) and ${alpaca.streamUrl} (streams, under Alpaca's own paths).`,
    )
    const end = (): void => {
      void stop().then(() => process.exit(0))
    }
    process.once('SIGINT', end)
    process.once('SIGTERM', end)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exitCode = 2
  }
