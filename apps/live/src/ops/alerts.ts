import type { Alert } from '@scalp/protocol'
import { createTransport } from 'nodemailer'
import type { LiveConfig } from '../config/schema.js'

/** A way out for alerts. */
export interface AlertChannel {
  readonly name: string
  send(alert: Alert, text: string): Promise<void>
}

const RANK = { info: 0, warning: 1, critical: 2 } as const
const HOUR_MS = 3_600_000
const TIMEOUT_MS = 10_000

/** Sends alerts by every channel, not more than so many an hour; what is held back is counted and told with the next. */
export class AlertSender {
  readonly #config: LiveConfig['alerts']
  readonly #channels: readonly AlertChannel[]
  readonly #onFailure: (channel: string, error: unknown) => void
  readonly #nowMs: () => number
  readonly #sent: number[] = []
  readonly #byCode = new Map<string, { times: number[]; heldBack: number }>()

  constructor({
    config,
    channels = channelsOf(config),
    onFailure,
    nowMs = () => performance.now(),
  }: {
    readonly config: LiveConfig['alerts']
    readonly channels?: readonly AlertChannel[]
    readonly onFailure: (channel: string, error: unknown) => void
    readonly nowMs?: () => number
  }) {
    this.#config = config
    this.#channels = channels
    this.#onFailure = onFailure
    this.#nowMs = nowMs
  }

  /** Never throws, never waits. A critical alert counts against the limit of its code only. */
  send(alert: Alert): void {
    const { minLevel, perCodePerHour, perHour } = this.#config
    if (this.#channels.length === 0 || RANK[alert.level] < RANK[minLevel]) return
    const nowMs = this.#nowMs()
    const code = this.#byCode.get(alert.code) ?? { times: [], heldBack: 0 }
    this.#byCode.set(alert.code, code)
    code.times = code.times.filter((ms) => nowMs - ms < HOUR_MS)
    while (this.#sent.length > 0 && nowMs - (this.#sent[0] as number) >= HOUR_MS) this.#sent.shift()
    const isOver =
      code.times.length >= perCodePerHour || (alert.level !== 'critical' && this.#sent.length >= perHour)
    if (isOver) {
      code.heldBack++
      return
    }
    code.times.push(nowMs)
    this.#sent.push(nowMs)
    const more = code.heldBack === 0 ? '' : ` (${code.heldBack} more of these were not sent)`
    code.heldBack = 0
    const text = `scalp-live ${alert.level}: ${alert.message}${more} [${alert.code}]`
    for (const channel of this.#channels)
      channel.send(alert, text).catch((error: unknown) => this.#onFailure(channel.name, error))
  }
}

/** The channels of a configuration. */
export function channelsOf({ webhook, telegram, email }: LiveConfig['alerts']): readonly AlertChannel[] {
  const channels: AlertChannel[] = []
  if (webhook !== undefined)
    channels.push({ name: 'webhook', send: (alert, text) => post(webhook.url, { text, ...alert }) })
  if (telegram !== undefined) {
    const url = `https://api.telegram.org/bot${telegram.botToken}/sendMessage`
    channels.push({ name: 'telegram', send: (_alert, text) => post(url, { chat_id: telegram.chatId, text }) })
  }
  if (email !== undefined) {
    const transport = createTransport(email.smtpUrl, { from: email.from })
    channels.push({
      name: 'e-mail',
      send: async (alert, text) => {
        await transport.sendMail({
          to: email.to.join(', '),
          subject: `scalp-live ${alert.level}: ${alert.code}`,
          text,
        })
      },
    })
  }
  return channels
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`The channel answered ${response.status}.`)
}
