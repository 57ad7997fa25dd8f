import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderHtml } from '../src/html.js'
import { richResult } from './sample.js'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const VIEWS = ['overview', 'trades-view', 'breakdown', 'decisions', 'research', 'run']

describe.skipIf(!existsSync(executablePath))('the page of 10,000 trades', { timeout: 90_000 }, () => {
  const result = richResult(10_000, 60)
  const folder = mkdtempSync(path.join(tmpdir(), 'report-'))
  const file = path.join(folder, 'report.html')
  const url = pathToFileURL(file).href
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, await renderHtml(result))
    browser = await chromium.launch({ executablePath, args })
  }, 90_000)

  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; troubles: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const troubles: string[] = []
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('request', (request) => /^https?:/.test(request.url()) && troubles.push(request.url()))
    await page.goto(url)
    return { page, troubles }
  }

  const inked = (page: Page): Promise<(boolean | undefined)[]> =>
    page.$$eval('.view.on canvas', (canvases) =>
      canvases.map((canvas) =>
        canvas
          .getContext('2d')
          ?.getImageData(0, 0, canvas.width, canvas.height)
          .data.some((byte: number) => byte > 0),
      ),
    )

  test('is painted within two seconds', async () => {
    const { page } = await open(1280, 'light')
    await page.waitForFunction("performance.getEntriesByName('first-contentful-paint').length > 0")
    const paintMs = Number(
      await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
    )
    const readyMs = Number(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    console.log(`first paint ${paintMs.toFixed(0)} ms, ready ${readyMs.toFixed(0)} ms, 10,000 trades`)
    expect(paintMs).toBeLessThan(2_000)
    await page.close()
  })

  test.for([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'shows every view at %i px, %s, without an error or a request',
    async ([width, colorScheme]) => {
      const { page, troubles } = await open(width, colorScheme)
      const charts: Record<string, number> = { overview: 2, 'trades-view': 1 }
      for (const view of VIEWS) {
        await page.locator(`nav a[href="#${view}"]`).click()
        const drawn = Array.from({ length: charts[view] ?? 0 }, () => true)
        await expect.poll(() => page.locator('.view.on').getAttribute('id'), { timeout: 10_000 }).toBe(view)
        await expect.poll(() => inked(page), { timeout: 10_000 }).toEqual(drawn)
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
        if (process.env['SCALP_SHOTS'] !== undefined)
          writeFileSync(
            path.join(process.env['SCALP_SHOTS'], `${view}-${width}-${colorScheme}.png`),
            await page.screenshot({ fullPage: view !== 'breakdown' && view !== 'overview' ? false : true }),
          )
      }
      expect(troubles).toEqual([])
      await page.close()
    },
  )

  test('opens a trade with its quotes and what decided it, by the keyboard alone', async () => {
    const { page, troubles } = await open(1280, 'light')
    await page.locator('nav a[href="#overview"]').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('.view.on').getAttribute('id')).toBe('trades-view')
    expect(await page.locator('#trades tbody tr').count()).toBe(100)
    await page.locator('#trades .open').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('#trades .detail canvas').waitFor()
    await expect.poll(() => inked(page), { timeout: 10_000 }).toEqual([true, true])
    const said = await page.locator('#trades .detail').innerText()
    expect(said).toContain('SPY240719C00550000 11.500, SPY240719C00551000 9.000')
    expect(said).toContain('15 in, 12 out')
    if (process.env['SCALP_SHOTS'] !== undefined)
      writeFileSync(path.join(process.env['SCALP_SHOTS'], 'trade-1280-light.png'), await page.screenshot())
    await page.keyboard.press('Enter')
    expect(await page.locator('#trades .detail').count()).toBe(0)
    expect(troubles).toEqual([])
    await page.close()
  })

  test('pivots by hand-counted groups, and a cell opens its trades', async () => {
    const { page, troubles } = await open(1280, 'dark')
    await page.locator('nav a[href="#breakdown"]').click()
    await page.locator('#pivot-rows').selectOption('Exit reason')
    await page.locator('#pivot-columns').selectOption('Direction')
    await page.locator('#pivot-value').selectOption('Trades')
    const expected = result.trades.filter((t) => t.exitReason === 'stop_loss' && t.right === 'P')
    const row = page.locator('#pivot-table tbody tr', { hasText: 'stop_loss' })
    expect(await row.locator('td').nth(1).locator('button').innerText()).toContain(
      expected.length.toLocaleString('en-US'),
    )
    await page.locator('#pivot-value').selectOption('Net profit')
    const net = expected.reduce((sum, { netMicros }) => sum + netMicros, 0) / 1e6
    expect(await row.locator('td').nth(1).locator('button').innerText()).toContain(
      Math.abs(net).toLocaleString('en-US', { maximumFractionDigits: 0 }),
    )
    await row.locator('td').nth(1).locator('button').click()
    expect(await page.locator('#shown').innerText()).toContain(
      `of ${expected.length.toLocaleString('en-US')} trades`,
    )
    expect(troubles).toEqual([])
    await page.close()
  })

  test('changes its theme by the button, against the system', async () => {
    const { page } = await open(390, 'dark')
    const paper = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await paper()
    await page.locator('#theme').click()
    expect(await paper()).not.toBe(dark)
    await page.close()
  })

  test('every control has a name, and every view one heading for what it shows', async () => {
    const { page } = await open(1280, 'light')
    const nameless = await page.evaluate(`[...document.querySelectorAll('button,input,select,a')]
      .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.[0]?.textContent.trim()))
      .map((one) => one.outerHTML)`)
    expect(nameless).toEqual([])
    const unlabelled = await page.evaluate(
      `[...document.querySelectorAll('[role=img]')].filter((one) => !one.getAttribute('aria-label')).length`,
    )
    expect(unlabelled).toBe(0)
    await page.close()
  })
})
