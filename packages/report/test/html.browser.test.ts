import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { renderHtml } from '../src/html.js'
import { sampleResult } from './sample.js'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

test.skipIf(!existsSync(executablePath))(
  'the page draws its charts at both widths, light and dark, without an error or a request',
  { timeout: 60_000 },
  async () => {
    const html = await renderHtml(sampleResult(10_000, 60))
    const browser = await chromium.launch({ executablePath, args })
    try {
      for (const width of [1280, 390])
        for (const colorScheme of ['light', 'dark'] as const) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
          const troubles: string[] = []
          page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
          page.on('pageerror', (error) => troubles.push(error.message))
          page.on('request', (request) => /^https?:/.test(request.url()) && troubles.push(request.url()))
          await page.setContent(html)
          await page.waitForTimeout(300)
          const inked = await page.$$eval('canvas', (canvases) =>
            canvases.map((canvas) =>
              canvas
                .getContext('2d')
                ?.getImageData(0, 0, canvas.width, canvas.height)
                .data.some((byte: number) => byte > 0),
            ),
          )
          expect(inked).toEqual([true, true, true])
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
          expect(await page.locator('#trades tbody tr').count()).toBe(100)
          expect(troubles).toEqual([])
          if (process.env['SCALP_SHOTS'] !== undefined)
            writeFileSync(
              path.join(tmpdir(), `report-${width}-${colorScheme}.png`),
              await page.screenshot({ fullPage: true }),
            )
          await page.close()
        }
    } finally {
      await browser.close()
    }
  },
)
