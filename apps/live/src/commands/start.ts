import type { LiveConfig } from '../config/schema.js'
import { secretsOf } from '../config/secrets.js'
import { type Daemon, startDaemon } from '../daemon.js'
import { createLog } from '../ops/log.js'

const STOP_MS = 10_000

/** Runs a daemon until a signal or a failed turn ends it. */
export async function start(
  config: LiveConfig,
  isLiveConfirmed: boolean,
  say: (daemon: Daemon) => void,
): Promise<void> {
  const log = createLog({ level: config.log.level, secrets: secretsOf(config) })
  let daemon: Daemon | undefined
  let isEnding = false
  const end = (code: number): void => {
    if (isEnding) return
    isEnding = true
    /** A stop that hangs must not keep a supervisor from starting anew: everything needed is in the journal. */
    setTimeout(() => process.exit(code === 0 ? 1 : code), STOP_MS).unref()
    void (daemon?.stop() ?? Promise.resolve())
      .catch((error: unknown) => log.error({ err: error }, 'the stop failed'))
      .finally(() => process.exit(code))
  }
  process.on('SIGINT', () => end(0)).on('SIGTERM', () => end(0))
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught')
    end(70)
  })
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled')
    end(70)
  })
  try {
    daemon = await startDaemon({ config, isLiveConfirmed, log, onFatal: () => end(70) })
  } catch (error) {
    /** Whatever was opened on the way must not keep a failed start alive: a supervisor waits for the end. */
    setTimeout(() => process.exit(process.exitCode ?? 1), 100)
    throw error
  }
  say(daemon)
}
