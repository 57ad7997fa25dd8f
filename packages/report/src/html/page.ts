import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pageStyle } from '../page/style.js'
import { themeScript } from '../page/theme-script.js'
import { escapeHtml } from './elements.js'

/** What stands in the frame of a page. */
export interface PageParts {
  readonly title: string
  readonly header: string
  readonly nav?: string
  readonly body: string
  /** JSON for the scripts. */
  readonly data: unknown
  /** Deflated and in base64, for later. */
  readonly detail?: string
  readonly scripts: readonly string[]
}

/** A whole page that needs no network: style, header with the switch of light and dark, body, charts, scripts. */
export function pageHtml({ title, header, nav = '', body, data, detail = '', scripts }: PageParts): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${uplot('uPlot.min.css')}${pageStyle}</style></head><body>
<a class="skip" href="#main">To the content</a><header class="top"><div class="inner">${header}<button id="theme" type="button" hidden>Theme</button></div>${nav}</header>
<main id="main">${body}</main><script>${themeScript}</script><script>${uplot('uPlot.iife.min.js')}</script>
<script type="application/json" id="data">${scriptJson(data)}</script><script type="text/plain" id="detail">${detail}</script>
<script>(() => {${scripts.join('\n')}})()</script></body></html>`
}

/** JSON that cannot end its script element. */
function scriptJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

function uplot(file: string): string {
  return readFileSync(path.join(path.dirname(createRequire(import.meta.url).resolve('uplot')), file), 'utf8')
}
