import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { hashResult } from '@scalp/report/node'
import { beforeAll, expect, test, vi } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { compare } from '../src/commands/compare.js'
import { report } from '../src/commands/report.js'
import { FORMATS, ResultFileError, readResult, StudyFileError, writeOutputs } from '../src/outputs.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

const settings = {
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  maxContractPriceMicros: 20_000_000,
}
let folder = ''

beforeAll(async () => {
  folder = await newFolder()
  const data = await writeMarket('dbn')
  for (const [name, takeProfitPct] of [
    ['near', 10],
    ['far', 60],
  ] as const) {
    const config = await configOf(data, { settings: { ...settings, takeProfitPct } })
    await writeOutputs(path.join(folder, name), await runBacktest(config, silent))
  }
}, 60_000)

async function printed(command: () => Promise<void>): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    await command()
    return write.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    write.mockRestore()
  }
}

test('every trade has the quotes of its contract around it, with its own fill among them', async () => {
  const { result } = await readResult(path.join(folder, 'near'))
  expect(result.trades.length).toBeGreaterThan(0)
  expect(result.quoteTapes?.map(({ trade }) => trade)).toEqual(result.trades.map((_, at) => at))
  for (const tape of result.quoteTapes ?? []) {
    const trade = result.trades[tape.trade]
    expect(tape.startUs).toBeLessThan(trade?.entryUs ?? 0)
    const met = tape.bidMicros.some(
      (bid, at) => bid === trade?.entryBidMicros && tape.askMicros[at] === trade.entryAskMicros,
    )
    expect(met).toBe(true)
    expect(tape.entrySize).toBeGreaterThan(0)
  }
})

test('the result hash knows nothing of quotes around trades, of research, or of the log', async () => {
  const { result } = await readResult(path.join(folder, 'near'))
  expect(result.quoteTapes).not.toEqual([])
  const { quoteTapes: _, decisionLog: __, ...bare } = result
  expect(hashResult(bare)).toBe(result.manifest.resultHash)
  const study = { name: 's', surfaces: [], walkForward: [], ledger: null }
  expect(hashResult({ ...result, study })).toBe(result.manifest.resultHash)
})

test('a report is written in every form', async () => {
  const text = await printed(() => report(path.join(folder, 'near'), { format: FORMATS }))
  const names = ['decisions.csv', 'decisions.parquet', 'report.html', 'report.json', 'report.md']
  for (const name of [...names, 'trades.csv', 'trades.parquet']) {
    expect(text).toContain(name)
    expect(statSync(path.join(folder, 'near', name)).size).toBeGreaterThan(0)
  }
  expect(readdirSync(path.join(folder, 'near')).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a study is shown with the run it is given for, and a wrong one is refused', async () => {
  const study = path.join(folder, 'study.json')
  writeFileSync(study, JSON.stringify({ name: 'my sweep', ledger: { trials: 40, sharpeVariance: 0.01 } }))
  const out = path.join(folder, 'with-study.html')
  await printed(() => report(path.join(folder, 'near'), { format: ['html'], study, out }))
  expect(readFileSync(out, 'utf8')).toContain('Research: my sweep')
  writeFileSync(study, '{"surfaces":3}')
  await expect(report(path.join(folder, 'near'), { format: ['html'], study })).rejects.toThrow(StudyFileError)
})

test('two runs are put side by side by the names of their folders', async () => {
  const out = path.join(folder, 'comparison.html')
  const text = await printed(() => compare(path.join(folder, 'near'), path.join(folder, 'far'), { out }))
  expect(text).toMatch(/^ +near +far +change$/m)
  expect(text).toMatch(/^config\.takeProfitPct +10 +60$/m)
  expect(readFileSync(out, 'utf8')).toContain('Settings that differ')
})

test('what is no result is refused by name', async () => {
  const out = path.join(folder, 'never.html')
  await expect(compare(path.join(folder, 'nowhere'), folder, { out })).rejects.toThrow(ResultFileError)
  expect(existsSync(out)).toBe(false)
})
