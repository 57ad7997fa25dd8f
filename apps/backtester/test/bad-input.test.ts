import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { reportFailure } from '@scalp/cli'
import { beforeAll, expect, test } from 'vitest'
import { createProgram } from '../src/program.js'
import { wrongCalls } from '../src/wrong-calls.js'
import { newFolder, writeMarket } from './market.js'

let good = ''
let csv = ''
beforeAll(async () => {
  good = await writeMarket('dbn.zst')
  csv = await writeMarket('csv')
})

/** Runs the command line in this process; answers the exit code and what was said. */
async function call(...args: readonly string[]): Promise<{ code: number; text: string }> {
  let text = ''
  const program = createProgram()
  const quiet = {
    writeOut: (out: string): void => void (text += out),
    writeErr: (out: string): void => void (text += out),
  }
  program.configureOutput(quiet)
  for (const command of program.commands) command.configureOutput(quiet)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return { code: 0, text }
  } catch (error) {
    return {
      code: reportFailure(error, { wrongCalls, outFlag: '--out', write: (out) => void (text += out) }),
      text,
    }
  }
}

async function run(...args: readonly string[]): Promise<{ code: number; text: string }> {
  return call('run', '--quiet', '--out', await newFolder(), ...args)
}

/** A folder that holds one file of the first day under its official name, its bytes changed. */
async function spoiled(from: string, change: (bytes: Buffer) => Buffer | string): Promise<string> {
  const job = readdirSync(from).find((name) => name.endsWith('SYNTHETIC1')) ?? ''
  const name = readdirSync(path.join(from, job)).find((file) => file.startsWith('opra-pillar')) ?? ''
  const folder = await newFolder()
  writeFileSync(path.join(folder, name), change(readFileSync(path.join(from, job, name))))
  return folder
}

function lines(bytes: Buffer): string[] {
  return bytes.toString().split('\n')
}

test('a good call ends well', async () => {
  expect(await run('--data', good, '--underlying', 'DEMO')).toEqual({ code: 0, text: '' })
})

test.each([
  ['no such strategy', ['--strategy', 'nope'], 'STRATEGY_UNKNOWN'],
  ['no such preset', ['--preset', 'nope'], 'STRATEGY_PRESET'],
  ['a setting of the wrong type', ['--set', 'takeProfitPct=high'], 'STRATEGY_CONFIG'],
  ['a setting that is none', ['--set', 'takeProfitPct'], 'CONFIG_INVALID'],
  ['an unknown cost schedule', ['--costs', 'free'], 'CONFIG_INVALID'],
  ['a date that is none', ['--from', '2024-02-30'], 'CONFIG_INVALID'],
  ['a period that ends before it starts', ['--from', '2024-01-03', '--to', '2024-01-02'], 'CONFIG_INVALID'],
  ['half a thread', ['--workers', '0.5'], 'CONFIG_INVALID'],
  ['a flag that there is not', ['--fast'], 'unknown option'],
  ['a number that is none', ['--cash', 'much'], 'must be a number'],
])('a wrong call ends with 2: %s', async (_what, args, says) => {
  const { code, text } = await run('--data', good, '--underlying', 'DEMO', ...args)
  expect(text).toContain(says)
  expect(text).not.toMatch(/^\s+at /m)
  expect(code).toBe(2)
})

test('a config file that is no JSON, or holds the wrong thing, ends with 2', async () => {
  const folder = await newFolder()
  for (const [content, says] of [
    ['{', 'JSON'],
    ['[]', 'object'],
    ['{"gates":{"maxSpreadPct":"x"}}', 'gates.maxSpreadPct'],
    ['{"gaits":{}}', 'gaits'],
  ] as const) {
    const file = path.join(folder, 'config.json')
    writeFileSync(file, content)
    const { code, text } = await run('--config', file, '--data', good, '--underlying', 'DEMO')
    expect([code, text.includes(says), text.includes('CONFIG_INVALID')], content).toEqual([2, true, true])
  }
})

test.each<[string, () => Promise<string> | string, string]>([
  ['no directory', () => '/nowhere/at/all', 'DATA_DIRECTORY_MISSING'],
  ['no file', () => newFolder(), 'DATA_NOT_FOUND'],
  [
    'a file cut in a zstd frame',
    () => spoiled(good, (bytes) => bytes.subarray(0, bytes.length >> 1)),
    'DBN_TRUNCATED',
  ],
  [
    'a file that does not decompress',
    () =>
      spoiled(good, (bytes) =>
        Buffer.concat([bytes.subarray(0, 5_000), Buffer.alloc(400, 7), bytes.subarray(5_400)]),
      ),
    'DBN_CORRUPT',
  ],
  [
    'CSV without a needed column',
    () => spoiled(csv, (bytes) => bytes.toString().replace('bid_px_00', 'foo')),
    'CSV_MISSING_COLUMN',
  ],
  ['CSV cut in a line', () => spoiled(csv, (bytes) => bytes.subarray(0, bytes.length - 20)), 'cut short'],
  [
    'a price that is none',
    () => spoiled(csv, (bytes) => bytes.toString().replace(/,194,\d+\.\d{9},/, ',194,abc,')),
    'CSV',
  ],
  [
    'a clock that goes backwards',
    () =>
      spoiled(csv, (bytes) =>
        [...lines(bytes).slice(0, 900), ...lines(bytes).slice(600, 700), ''].join('\n'),
      ),
    'DATA_CLOCK_BACKWARDS',
  ],
])('bad data end with 1, a code and advice: %s', async (_what, make, says) => {
  const { code, text } = await run('--data', await make(), '--underlying', 'DEMO')
  expect(text).toContain(says)
  expect(text).toMatch(/\n {2}\S.*\n {2}\([A-Z_]+\)/)
  expect(text).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
})

test('an underlying that no file holds ends with 1', async () => {
  expect(await run('--data', good, '--underlying', 'NONE')).toMatchObject({
    code: 1,
    text: expect.stringContaining('REPLAY_EMPTY'),
  })
})

test('a symbol that is no OCC symbol is dropped and counted, and the run goes on', async () => {
  const data = await spoiled(csv, (bytes) => {
    const all = lines(bytes)
    all[500] = (all[500] ?? '').replace(/DEMO[^,]*$/, 'NO SYMBOL')
    return all.join('\n')
  })
  const out = await newFolder()
  expect(await call('run', '--quiet', '--out', out, '--data', data, '--underlying', 'DEMO')).toMatchObject({
    code: 0,
  })
  const { dataQuality } = JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) as {
    dataQuality: object
  }
  expect(dataQuality).toMatchObject({ dropped: 1, droppedSymbols: ['NO SYMBOL'] })
})

test('a file where the output directory should be ends with 1', async () => {
  const file = path.join(await newFolder(), 'taken')
  writeFileSync(file, '')
  const { code, text } = await call('run', '--quiet', '--out', file, '--data', good, '--underlying', 'DEMO')
  expect([code, text.includes('is a file where a directory is needed')]).toEqual([1, true])
})

test('a report is rebuilt from its result, and from nothing else', async () => {
  const out = await newFolder()
  await call('run', '--quiet', '--out', out, '--data', good, '--underlying', 'DEMO')
  const page = path.join(out, 'again.html')
  expect(await call('report', out, '--out', page)).toMatchObject({ code: 0 })
  expect(readFileSync(page, 'utf8')).toBe(readFileSync(path.join(out, 'report.html'), 'utf8'))
  writeFileSync(path.join(out, 'wrong.json'), '{"trades":1}')
  expect(await call('report', path.join(out, 'wrong.json'))).toMatchObject({
    code: 1,
    text: expect.stringContaining('RESULT_FILE'),
  })
})
