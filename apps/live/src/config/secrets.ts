import type { LiveConfig } from './schema.js'

const HIDDEN = '[hidden]'
const NAMES = new Set([
  'keyId',
  'secretKey',
  'apiKey',
  'operatorTokens',
  'readTokens',
  'botToken',
  'smtpUrl',
  'url',
])

/** The configuration for eyes: secrets are replaced, whatever they are. */
export function hideSecrets(value: unknown, name = ''): unknown {
  if (NAMES.has(name)) {
    if (Array.isArray(value)) return value.map(() => HIDDEN)
    return value === '' || value === undefined ? value : HIDDEN
  }
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideSecrets(inner, key)]))
}

/** Every secret of a configuration, to be searched for in what is written. */
export function secretsOf({ alpaca, databento, server, alerts }: LiveConfig): readonly string[] {
  const { webhook, telegram, email } = alerts
  return [
    alpaca.keyId,
    alpaca.secretKey,
    databento.apiKey,
    ...server.operatorTokens,
    ...server.readTokens,
    webhook?.url ?? '',
    telegram?.botToken ?? '',
    email?.smtpUrl ?? '',
  ].filter((secret) => secret.length >= 4)
}

/** Replaces every secret in a text. */
export function scrub(text: string, secrets: readonly string[]): string {
  let scrubbed = text
  for (const secret of secrets) if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, HIDDEN)
  return scrubbed
}
