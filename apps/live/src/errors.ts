import { ScalpError } from '@scalp/canonical'

/** Thrown when the configuration cannot be read, or holds something that does not belong there. */
export class LiveConfigError extends ScalpError {
  override readonly name = 'LiveConfigError'
  constructor({ source, problems }: { source: string; problems: readonly string[] }) {
    super(`${source}: ${problems.join('; ')}.`, {
      code: 'LIVE_CONFIG_INVALID',
      hint: '`scalp-live config` prints what is in force; docs/live.md explains every name.',
      details: { source, problems },
    })
  }
}

/** Thrown when live trading was asked for by one switch only. */
export class LiveLockedError extends ScalpError {
  override readonly name = 'LiveLockedError'
  constructor({ missing }: { missing: string }) {
    super(`Live trading is locked: ${missing}.`, {
      code: 'LIVE_LOCKED',
      hint: 'Set "liveTrading": true in the config file, and start with --live.',
      details: { missing },
    })
  }
}

/** Thrown when the feed that was chosen needs a key, and there is none. */
export class FeedKeyMissingError extends ScalpError {
  override readonly name = 'FeedKeyMissingError'
  constructor({ feed, variable }: { feed: string; variable: string }) {
    super(`The feed ${feed} needs an API key, and ${variable} is not set.`, {
      code: 'FEED_KEY_MISSING',
      hint: `Set ${variable} in the environment or in .env, or choose another "feed.kind".`,
      details: { feed, variable },
    })
  }
}

/** Thrown when a feed knows the key and says that it may not have the data. */
export class FeedNotLicensedError extends ScalpError {
  override readonly name = 'FeedNotLicensedError'
  constructor({ dataset, cause }: { dataset: string; cause: Error }) {
    super(`The key has no live licence for ${dataset}: ${cause.message}`, {
      code: 'FEED_NOT_LICENSED',
      hint: `Subscribe to live data of ${dataset} at the vendor, or choose another dataset or "feed.kind".`,
      details: { dataset },
      cause,
    })
  }
}

/** Thrown when a daemon cannot be reached, or answers with an error. */
export class DaemonError extends ScalpError {
  override readonly name = 'DaemonError'
  constructor({ message, code, cause }: { message: string; code: string; cause?: unknown }) {
    super(message, {
      code,
      hint: 'Is the daemon running, and are --url and the token its own?',
      details: {},
      cause,
    })
  }
}

/** Thrown when a recording cannot be read. */
export class RecordingError extends ScalpError {
  override readonly name = 'RecordingError'
  constructor({ file, reason, cause }: { file: string; reason: string; cause?: unknown }) {
    super(`${file} cannot be replayed: ${reason}.`, {
      code: 'RECORDING_INVALID',
      hint: 'Give the id of a session or the path of a file ending in .session.',
      details: { file, reason },
      cause,
    })
  }
}
