import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'scalp-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the built command to its end. */
function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()))
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

const built = test.skipIf(!existsSync(bin))

built('shows the settings in force without their secrets', async () => {
  const env = {
    ALPACA_API_KEY: 'PKSECRETID',
    ALPACA_SECRET_KEY: 'very-secret-key',
    DATABENTO_API_KEY: 'db-very-secret-key',
    SCALP_LIVE_OPERATOR_TOKEN: 'my-operator-token',
    SCALP_TAKE_PROFIT: '17',
  }
  const { code, out, err } = await run(['config', '--mode', 'paper', '--feed', 'databento'], env)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    mode: 'paper',
    settings: { takeProfitPct: 17 },
    alpaca: { secretKey: '[hidden]' },
    feed: { kind: 'databento' },
    databento: { apiKey: '[hidden]' },
  })
  for (const secret of ['PKSECRETID', 'very-secret-key', 'db-very-secret-key', 'my-operator-token'])
    expect(out + err).not.toContain(secret)
})

built(
  'a wrong call ends with 2 and says what is wrong',
  async () => {
    expect(await run(['config'], { SCALP_NONSENSE: '1' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('SCALP_NONSENSE') as string,
    })
    expect(
      await run(['start', '--mode', 'live', '--data', 'd'], { ALPACA_API_KEY: 'k', ALPACA_SECRET_KEY: 's' }),
    ).toMatchObject({ code: 2, err: expect.stringContaining('LIVE_LOCKED') as string })
    expect(
      await run(['start', '--mode', 'paper', '--feed', 'databento', '--data', 'd', '--port', '0'], {
        ALPACA_API_KEY: 'k',
        ALPACA_SECRET_KEY: 's',
      }),
    ).toMatchObject({ code: 2, err: expect.stringContaining('FEED_KEY_MISSING') as string })
    expect((await run(['start', '--mode', 'sideways'])).code).toBe(2)
  },
  30_000,
)

built(
  'a start that fails ends, so that a supervisor can start anew',
  async () => {
    const nowhere = 'http://127.0.0.1:9'
    writeFileSync(
      path.join(folder, 'config.json'),
      JSON.stringify({
        mode: 'paper',
        alpaca: {
          keyId: 'k',
          secretKey: 'secret-of-a-test',
          tradingUrl: nowhere,
          dataUrl: nowhere,
          streamUrl: 'ws://127.0.0.1:9',
        },
        server: { port: 0 },
      }),
    )
    const { code, err } = await run(['start', '--config', 'config.json'])
    expect(code).toBe(1)
    expect(err).toContain('error:')
    expect(err).not.toContain('secret-of-a-test')
  },
  60_000,
)

built('a command to a daemon that is not there says so', async () => {
  const { code, err } = await run(['halt', '--url', 'http://127.0.0.1:9', '--token', 'some-operator-token'])
  expect(code).toBe(1)
  expect(err).toContain('DAEMON_UNREACHABLE')
})

built('the doctor looks at what a demo needs', async () => {
  const { code, out } = await run(['doctor', '--mode', 'demo', '--data', 'doctor'])
  expect(code).toBe(0)
  expect(out).toMatch(/ok +disk: .* GB free/)
  const keyless = await run(['doctor', '--mode', 'paper', '--data', 'doctor'])
  expect(keyless).toMatchObject({ code: 1, out: expect.stringContaining('FAILED') as string })
})
