import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { liveConfigSchema } from '../src/config/schema.js'
import { hideSecrets, scrub, secretsOf } from '../src/config/secrets.js'
import { createLog } from '../src/ops/log.js'

const SECRETS = [
  'PKEXAMPLE0001',
  'shhh-very-secret-key',
  'operator-token-of-mine',
  'reader-token-of-mine',
  '987654:telegram-token',
  'smtps://user:smtp-password@mail.example',
  'https://hooks.example/T000/secret-path',
  'db-0123456789abcdefghijklmnopqrs',
]
const config = liveConfigSchema.parse({
  alpaca: { keyId: SECRETS[0], secretKey: SECRETS[1] },
  databento: { apiKey: SECRETS[7] },
  server: { operatorTokens: [SECRETS[2]], readTokens: [SECRETS[3]] },
  alerts: {
    telegram: { botToken: SECRETS[4], chatId: '1' },
    email: { smtpUrl: SECRETS[5], from: 'a@example', to: ['b@example'] },
    webhook: { url: SECRETS[6] },
  },
})

test('no secret is in the settings that are shown', () => {
  const text = JSON.stringify(hideSecrets(config))
  for (const secret of SECRETS) expect(text).not.toContain(secret)
  expect(text).toContain('[hidden]')
  expect(text).toContain('"mode":"dry-run"')
})

test('no secret gets into the log, wherever it stands: a field, a text, an error, a nested object, a URL', async () => {
  let written = ''
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString()
      done()
    },
  })
  const log = createLog({ level: 'debug', secrets: secretsOf(config), destination })
  for (const secret of SECRETS) {
    log.info(
      { secretKey: secret, nested: { token: secret, deep: { anything: [secret] } } },
      `a text with ${secret} in it`,
    )
    log.error(
      { err: new Error(`failed: GET https://x.example/?k=${secret}`, { cause: new Error(secret) }) },
      'failed',
    )
    log.debug({ [secret]: 1 })
  }
  expect(written.split('\n').length).toBeGreaterThan(20)
  for (const secret of SECRETS) expect(written).not.toContain(secret)
  for (const line of written.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
})

test('a text without secrets stays as it is', () => {
  expect(scrub('nothing here', secretsOf(config))).toBe('nothing here')
})
