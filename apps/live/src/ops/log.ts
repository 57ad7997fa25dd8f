import { type DestinationStream, type Logger, pino } from 'pino'
import { scrub } from '../config/secrets.js'

/** JSON lines on standard error; every known secret is replaced wherever it stands, also within texts and errors. */
export function createLog({
  level,
  secrets,
  destination = process.stderr,
}: {
  readonly level: string
  readonly secrets: readonly string[]
  readonly destination?: DestinationStream
}): Logger {
  return pino(
    {
      level,
      base: { name: 'scalp-live' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
      redact: {
        paths: [
          'keyId',
          'secretKey',
          'apiKey',
          'token',
          'authorization',
          '*.keyId',
          '*.secretKey',
          '*.apiKey',
          '*.token',
          '*.authorization',
        ],
        censor: '[hidden]',
      },
      hooks: { streamWrite: (line) => scrub(line, secrets) },
    },
    destination,
  )
}
