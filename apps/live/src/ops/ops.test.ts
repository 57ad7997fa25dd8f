import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Alert } from '@scalp/protocol'
import { expect, test } from 'vitest'
import { liveConfigSchema } from '../config/schema.js'
import { AlertSender, channelsOf } from './alerts.js'
import { Histogram } from './histogram.js'

const alert = (code: string, level: Alert['level'] = 'warning'): Alert => ({
  id: 'a',
  at: '2026-03-03T15:00:00.000Z',
  level,
  code,
  message: `about ${code}`,
})

test('alerts of one code are limited, and those held back are told with the next', () => {
  let nowMs = 0
  const sent: string[] = []
  const config = liveConfigSchema.parse({ alerts: { perCodePerHour: 2, perHour: 3 } }).alerts
  const channels = [
    {
      name: 'test',
      send: (_alert: Alert, text: string) => {
        sent.push(text)
        return Promise.resolve()
      },
    },
  ]
  const sender = new AlertSender({ config, channels, onFailure: () => undefined, nowMs: () => nowMs })
  for (let i = 0; i < 5; i++) sender.send(alert('FEED'))
  expect(sent).toHaveLength(2)
  sender.send(alert('INFO', 'info'))
  expect(sent).toHaveLength(2)
  sender.send(alert('DISK'))
  sender.send(alert('OTHER'))
  expect(sent).toHaveLength(3)
  /** What is critical goes out beyond the limit of all together. */
  sender.send(alert('KILL', 'critical'))
  expect(sent).toHaveLength(4)
  nowMs = 3_600_001
  sender.send(alert('FEED'))
  expect(sent.at(-1)).toContain('3 more of these were not sent')
})

test('a webhook gets the alert, and one that fails is told and stops nothing', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()))
    request.on('end', () => {
      bodies.push(JSON.parse(body))
      response.writeHead(bodies.length === 1 ? 200 : 500).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const { alerts } = liveConfigSchema.parse({ alerts: { webhook: { url } } })
  const failures: string[] = []
  const sender = new AlertSender({
    config: alerts,
    onFailure: (channel, error) => failures.push(`${channel} ${String(error)}`),
  })
  sender.send(alert('FEED', 'critical'))
  sender.send(alert('FEED', 'critical'))
  await expect.poll(() => bodies.length).toBe(2)
  await expect.poll(() => failures.length).toBe(1)
  expect(bodies[0]).toMatchObject({
    code: 'FEED',
    level: 'critical',
    text: 'scalp-live critical: about FEED [FEED]',
  })
  expect(failures[0]).toContain('webhook')
  server.close()
})

test('every configured channel is there', () => {
  const { alerts } = liveConfigSchema.parse({
    alerts: {
      webhook: { url: 'https://hooks.example/x' },
      telegram: { botToken: 't', chatId: 'c' },
      email: { smtpUrl: 'smtp://localhost:1', from: 'a@example', to: ['b@example'] },
    },
  })
  expect(channelsOf(alerts).map(({ name }) => name)).toEqual(['webhook', 'telegram', 'e-mail'])
})

test('a histogram answers quantiles within five percent', () => {
  const histogram = new Histogram()
  expect(histogram.quantile(0.5)).toBeNull()
  for (let i = 1; i <= 10_000; i++) histogram.add(i / 1_000)
  for (const [share, expected] of [
    [0.5, 5],
    [0.9, 9],
    [0.99, 9.9],
  ] as const) {
    const value = histogram.quantile(share) ?? 0
    expect(Math.abs(value / expected - 1), String(share)).toBeLessThan(0.055)
  }
  expect(histogram.maxMs).toBe(10)
  histogram.add(Number.NaN)
  expect(histogram.count).toBe(10_000)
})
