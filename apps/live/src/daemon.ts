import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isScalpError } from '@scalp/canonical'
import type { Alert, SessionSummary } from '@scalp/protocol'
import type { Logger } from 'pino'
import type { LiveConfig } from './config/schema.js'
import { hideSecrets } from './config/secrets.js'
import type { GatewaySettings, Question } from './gateway/link.js'
import { type RunningGateway, startGateway, startGatewayThread } from './gateway/start-gateway.js'
import { AlertSender } from './ops/alerts.js'
import { createMetrics } from './ops/metrics.js'
import type { OpenedSession, OpenOptions } from './session/foundation.js'
import { openAccountSession } from './session/open-account.js'
import { openDemo } from './session/open-demo.js'
import { openDryRun } from './session/open-dry-run.js'
import { openReplay } from './session/open-replay.js'
import { version } from './version.js'
import { iso } from './view/wire.js'

/** What a daemon takes. */
export interface DaemonOptions {
  readonly config: LiveConfig
  readonly isLiveConfirmed: boolean
  readonly log: Logger
  /** The gateway has a thread of its own unless told; from sources it has none. */
  readonly hasGatewayThread?: boolean
  /** A turn failed or the session is lost: end the process, so that it starts anew and reconciles. */
  readonly onFatal: (error: unknown) => void
}

/** A running daemon. */
export interface Daemon {
  readonly url: string
  /** Undefined when only configured tokens are let in. */
  readonly token: string | undefined
  readonly opened: OpenedSession
  stop(): Promise<void>
}

/** Where a daemon leaves the token that it made, for commands on the same machine. */
export function tokenFile({ data }: LiveConfig): string {
  return path.join(path.resolve(data.directory), 'operator-token')
}

/** Starts a daemon: the gateway first, so that health can be asked for, then the session. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, log, onFatal } = options
  const token = config.server.operatorTokens.length > 0 ? undefined : randomBytes(18).toString('base64url')
  mkdirSync(path.resolve(config.data.directory), { recursive: true, mode: 0o700 })
  if (token !== undefined) writeFileSync(tokenFile(config), token, { mode: 0o600 })
  removeOldRecordings(config, log)
  let opened: OpenedSession | undefined
  let alerts = 0
  const sender = new AlertSender({
    config: config.alerts,
    onFailure: (channel, error) => log.warn({ channel, err: error }, 'an alert was not delivered'),
  })
  let gateway: RunningGateway | undefined
  const onAlert = (alert: Omit<Alert, 'id' | 'at'>): void => {
    const full: Alert = { ...alert, id: `a${++alerts}`, at: iso(opened?.clock.nowUs() ?? 0) }
    log[alert.level === 'info' ? 'info' : alert.level === 'warning' ? 'warn' : 'error'](
      { code: alert.code },
      alert.message,
    )
    gateway?.publisher.publish('alert', full, full.at)
    sender.send(full)
  }
  const metrics = createMetrics({
    session: () => opened?.session,
    journal: () => opened?.journal,
    gateway: () => gateway?.counts() ?? { clients: 0, conflated: 0, slowClosed: 0 },
  })
  const answer = async (question: Question): Promise<unknown> => {
    switch (question.what) {
      case 'command':
        return opened?.session.command(question.command, question.actor) ?? STARTING
      case 'candles':
        return (
          opened?.session.market.candles(question.symbol)?.list(question.intervalSeconds, question.limit) ??
          []
        )
      case 'config':
        return { ...(hideSecrets(config) as object), settingsInForce: opened?.settings ?? null }
      case 'sessions':
        return listSessions(config, opened?.runId)
      case 'metrics':
        return metrics.metrics()
      case 'unreadiness':
        return opened === undefined ? 'it is starting' : opened.session.unreadiness()
    }
  }
  const settings = gatewaySettings(config, token)
  const onDeath = (error: Error): void =>
    onAlert({ level: 'critical', code: 'GATEWAY_ENDED', message: error.message })
  gateway =
    options.hasGatewayThread === false
      ? await startGateway(settings, answer)
      : await startGatewayThread(settings, answer, onDeath)
  try {
    opened = await open({
      config,
      isLiveConfirmed: options.isLiveConfirmed,
      publisher: gateway.publisher,
      log,
      onAlert,
      onFault: (error) => {
        const message = isScalpError(error) ? error.message : 'A turn failed.'
        log.fatal({ err: error }, 'a turn failed: nothing more is decided')
        onAlert({ level: 'critical', code: isScalpError(error) ? error.code : 'TURN_FAILED', message })
        onFatal(error)
      },
    })
  } catch (error) {
    await gateway.stop()
    throw error
  }
  log.info({ url: gateway.url, runId: opened.runId, mode: config.mode }, 'running')
  const running = opened
  const ending = gateway
  return {
    url: gateway.url,
    token,
    opened,
    stop: async () => {
      await running.stop()
      await ending.stop()
      metrics.clear()
      log.info('stopped')
    },
  }
}

const STARTING = { ok: false, code: 'STARTING', message: 'The daemon is starting.' }

function open(options: OpenOptions): Promise<OpenedSession> {
  switch (options.config.mode) {
    case 'paper':
    case 'live':
      return openAccountSession(options)
    case 'dry-run':
      return openDryRun(options)
    case 'replay':
      return openReplay(options)
    case 'demo':
      return openDemo(options)
  }
}

function gatewaySettings({ server, mode, symbols }: LiveConfig, token: string | undefined): GatewaySettings {
  return {
    hub: { mode, version, symbols },
    operatorTokens: token === undefined ? server.operatorTokens : [token],
    readTokens: server.readTokens,
    host: server.host,
    port: server.port,
    dashboard: dashboardFolder(),
    origins: server.origins,
    hosts: server.hosts,
    maxClients: server.maxClients,
    requestsPerMinute: server.requestsPerMinute,
  }
}

/** The dashboard's files: beside the bundle when installed, in its package in a checkout; undefined while not built. */
function dashboardFolder(): string | undefined {
  const bundled = fileURLToPath(new URL('./dashboard', import.meta.url))
  if (existsSync(path.join(bundled, 'index.html'))) return bundled
  try {
    const manifest = createRequire(import.meta.url).resolve('@scalp/dashboard/package.json')
    const folder = path.join(path.dirname(manifest), 'dist')
    return existsSync(path.join(folder, 'index.html')) ? folder : undefined
  } catch {
    return undefined
  }
}

/** Recordings in the data folder, newest first. */
export function listSessions(config: LiveConfig, runningId?: string): readonly SessionSummary[] {
  const folder = path.join(path.resolve(config.data.directory), 'sessions')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.session'))
    .map((name) => {
      const id = name.slice(0, -'.session'.length)
      const { size, birthtime } = statSync(path.join(folder, name))
      const mode =
        (['paper', 'live', 'dry-run', 'replay', 'demo'] as const).find((known) =>
          id.includes(`-${known}-`),
        ) ?? 'paper'
      return { id, mode, startedAt: birthtime.toISOString(), bytes: size, isRunning: id === runningId }
    })
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
}

/** Recordings are kept for so many days; the journal keeps its own. */
function removeOldRecordings(config: LiveConfig, log: Logger): void {
  const oldest = Date.now() - config.data.retainDays * 86_400_000
  for (const { id, startedAt } of listSessions(config)) {
    if (Date.parse(startedAt) >= oldest) continue
    rmSync(path.join(path.resolve(config.data.directory), 'sessions', `${id}.session`), { force: true })
    log.info({ id }, 'an old recording was removed')
  }
}

/** The token that a daemon left for commands on this machine. */
export function readToken(config: LiveConfig): string | undefined {
  const [configured] = config.server.operatorTokens
  if (configured !== undefined) return configured
  return existsSync(tokenFile(config)) ? readFileSync(tokenFile(config), 'utf8').trim() : undefined
}
