import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Browser, chromium, type Page, type WebSocketRoute } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Daemon, pause } from './daemon.js'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const VIEWS = ['trade', 'chain', 'decisions', 'health'] as const
const WAIT = { timeout: 60_000 }

interface Opened {
  readonly page: Page
  /** Errors of the page and its console. */
  readonly troubles: string[]
}

describe.skipIf(!existsSync(executablePath))('the dashboard in a browser', { timeout: 180_000 }, () => {
  const daemon = new Daemon()
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args })
    await daemon.start()
  }, 90_000)
  afterAll(async () => {
    await browser.close()
    await daemon.close()
  })

  async function open(
    address: string,
    options: { readonly width?: number; readonly colorScheme?: 'light' | 'dark' } = {},
    route?: (socket: WebSocketRoute) => void,
  ): Promise<Opened> {
    const { width = 1280, colorScheme = 'light' } = options
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    if (route !== undefined) await page.routeWebSocket(/\/ws$/, route)
    await page.goto(address)
    return { page, troubles }
  }

  const home = (view = 'trade'): string => `${daemon.url}/?view=${view}#token=${daemon.token}`
  const fact = (page: Page, name: string) => page.locator('.facts > div', { hasText: name }).locator('dd')

  test('connects, and the token leaves the address', async () => {
    const { page, troubles } = await open(home())
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    await page.locator('.mode', { hasText: 'Demo, synthetic' }).waitFor(WAIT)
    expect(page.url()).not.toContain(daemon.token)
    await page.reload()
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('a signal becomes a position and an exit', async () => {
    const { page, troubles } = await open(home())
    await page.locator('article.position').first().waitFor(WAIT)
    await page.locator('article.position [role=progressbar]').first().waitFor(WAIT)
    await page.locator('.closed tbody tr').first().waitFor({ timeout: 120_000 })
    expect(await page.locator('.closed tbody tr').first().innerText()).toMatch(/burst|vwap|breakout/)
    await page.getByRole('button', { name: 'Decisions' }).click()
    const signal = page.locator('.decisions .disclose', { hasText: 'signal' }).first()
    await signal.waitFor(WAIT)
    await signal.click()
    expect(await page.locator('tr.inputs dt').count()).toBeGreaterThan(3)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('says why there is no trade: every gate with its figures, or what the strategy waits for', async () => {
    const { page } = await open(home())
    await page.locator('.gate-list li').nth(5).waitFor(WAIT)
    expect(await page.locator('.gates .answer').innerText()).toMatch(/gate|signal/i)
    expect(await page.locator('.gate-list .figures').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/\d.* \/ \d/)]),
    )
    await page.context().close()
  })

  test('halts after a confirmation, says so on the board, and resumes by the keyboard', async () => {
    const { page } = await open(home())
    await fact(page, 'Trading').filter({ hasText: 'Active' }).waitFor(WAIT)
    await page.getByRole('button', { name: 'Halt', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await fact(page, 'Trading').innerText()).toBe('Active')
    await page.keyboard.press('h')
    await dialog.getByLabel('Reason').fill('lunch')
    await dialog.getByRole('button', { name: 'Halt' }).click()
    await fact(page, 'Trading').filter({ hasText: 'Halted' }).waitFor(WAIT)
    expect(await page.locator('.result').innerText()).toContain('✓')
    await page.locator('main').click()
    await page.keyboard.press('r')
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
    await fact(page, 'Trading').filter({ hasText: 'Active' }).waitFor(WAIT)
    await page.context().close()
  })

  test('flattens what is held', async () => {
    const { page } = await open(home())
    await page.locator('article.position').first().waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Flatten', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Flatten' }).click()
    await page.getByText('Nothing is held.').waitFor(WAIT)
    await page.context().close()
  })

  test('a broken connection resumes by number, without a snapshot and without a gap', async () => {
    const greetings: { resumed: boolean; streamId: string }[] = []
    /** Numbers of each connection, as the daemon sent them. */
    const numbers: number[][] = []
    let snapshots = 0
    let socket: WebSocketRoute | undefined
    const { page, troubles } = await open(home(), {}, (route) => {
      socket = route
      const server = route.connectToServer()
      server.onMessage((text) => {
        const message = JSON.parse(String(text)) as {
          type: string
          seq?: number
          data: { resumed: boolean; streamId: string }
        }
        if (message.type === 'connection_status') {
          greetings.push(message.data)
          numbers.push([])
        }
        if (message.type === 'snapshot') snapshots++
        if (message.seq !== undefined) numbers.at(-1)?.push(message.seq)
        route.send(text)
      })
    })
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    await pause(1_000)
    await socket?.close({ code: 1001 })
    await expect.poll(() => greetings.length, WAIT).toBe(2)
    await expect.poll(() => numbers[1]?.at(-1) ?? 0, WAIT).toBeGreaterThan((numbers[0]?.length ?? 0) + 10)
    expect(greetings.map(({ resumed }) => resumed)).toEqual([false, true])
    expect(greetings[1]?.streamId).toBe(greetings[0]?.streamId)
    expect(snapshots).toBe(1)
    const [before = [], after = []] = numbers
    expect(before).toEqual(before.map((_, index) => index + 1))
    expect(after).toEqual(after.map((_, index) => (after[0] as number) + index))
    /** What was on its way when the connection broke comes again; nothing is left out. */
    expect(after[0]).toBeLessThanOrEqual(before.length + 1)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('comes back by itself when the daemon has been killed and started again', async () => {
    const { page } = await open(home())
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    await daemon.stop('SIGKILL')
    await fact(page, 'Connection')
      .filter({ hasText: /Lost|Connecting/ })
      .waitFor(WAIT)
    await daemon.start()
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    await page.locator('.gate-list li').first().waitFor(WAIT)
    await page.context().close()
  })

  test('a wrong token is refused, and the right one can be given', async () => {
    const { page } = await open(`${daemon.url}/#token=not-the-token`)
    await page.getByRole('alert').waitFor(WAIT)
    await page.getByLabel('Token').fill(daemon.token)
    await page.getByRole('button', { name: 'Connect' }).click()
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    await page.context().close()
  })

  test('every screen fits both widths, light and dark, names its controls, and has no error', async () => {
    const shots = process.env['SCALP_SHOTS']
    if (shots !== undefined) mkdirSync(shots, { recursive: true })
    for (const width of [1280, 390])
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, troubles } = await open(home(), { width, colorScheme })
        await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
        for (const [index, view] of VIEWS.entries()) {
          await page.keyboard.press(String(index + 1))
          await page.waitForURL(new RegExp(`view=${view}|^[^?]*$`))
          await pause(400)
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
          const unnamed = await page.$$eval('button, select, input, [role=img], [role=region]', (controls) =>
            controls
              .filter(
                (control) =>
                  (control.textContent ?? '').trim() === '' &&
                  control.getAttribute('aria-label') === null &&
                  control.getAttribute('aria-labelledby') === null &&
                  control.closest('label') === null,
              )
              .map(({ outerHTML }) => outerHTML.slice(0, 80)),
          )
          expect(unnamed).toEqual([])
          if (shots !== undefined)
            await page.screenshot({ path: path.join(shots, `dashboard-${view}-${width}-${colorScheme}.png`) })
        }
        expect(troubles).toEqual([])
        await page.context().close()
      }
  })

  test('the heap of the page stays where it is', async () => {
    const { page } = await open(home())
    await fact(page, 'Connection').filter({ hasText: 'Live' }).waitFor(WAIT)
    const session = await page.context().newCDPSession(page)
    const heap = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage')
      return ((await session.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize
    }
    /** A minute here is half an hour of the market; longer when asked for. */
    const seconds = Number(process.env['SCALP_SOAK_SECONDS'] ?? 12)
    await pause(4_000)
    const before = await heap()
    await pause(seconds * 1_000)
    const after = await heap()
    console.log(
      `heap of the page: ${(before / 1e6).toFixed(1)} MB, ${(after / 1e6).toFixed(1)} MB after ${seconds} s`,
    )
    expect(after).toBeLessThan(before * 1.35 + 2e6)
    await page.context().close()
  })
})
