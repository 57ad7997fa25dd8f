import type { BacktestResult } from './result.js'
import { formatSummary } from './text.js'

/** Renders a result as one HTML page. */
export async function renderHtml(result: BacktestResult): Promise<string> {
  return `<!doctype html><pre>${formatSummary(result)}</pre>`
}
