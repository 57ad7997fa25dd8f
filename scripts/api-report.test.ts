import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportApi } from './api-report.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'api-report-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function reportOf(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  return reportApi(path.join(folder, 'index.d.ts'))
}

const INDEX = `export { widen, type Options as WidenOptions } from './widen.js';
export type { Micros } from '@scalp/canonical';
/** The limit. */
export declare const LIMIT = 3;
`
const WIDEN = `import { Side } from './side.js';
interface Hidden {
    /** Said at length. */
    readonly a: number; // here
}
export interface Options extends Hidden {
    readonly side: Side;
    readonly url: 'https://a.b';
}
export declare function widen(options: Options): number;
export declare function widen(): number;
export declare class Unseen {
    #private;
}
`

test('names what is exported, and what it reaches, without comments', () => {
  const report = reportOf({
    'index.d.ts': INDEX,
    'widen.d.ts': WIDEN,
    'side.d.ts': `export type Side = 'buy' | 'sell';\n`,
  })
  expect(report).toBe(`export declare const LIMIT = 3;

export { Micros } // from another package

export { Options as WidenOptions }

export interface Options extends Hidden {
    readonly side: Side;
    readonly url: 'https://a.b';
}

export declare function widen(options: Options): number;
export declare function widen(): number;

// reached, not exported

interface Hidden {
    readonly a: number;
}

type Side = 'buy' | 'sell';`)
})

test('changes with a type that is only reached, and not with a comment or with what nobody reaches', () => {
  const files = { 'index.d.ts': INDEX, 'widen.d.ts': WIDEN, 'side.d.ts': `export type Side = 'buy';\n` }
  const before = reportOf(files)
  expect(reportOf({ ...files, 'widen.d.ts': WIDEN.replace('Said at length', 'Said again') })).toBe(before)
  expect(reportOf({ ...files, 'widen.d.ts': WIDEN.replace('Unseen', 'Other') })).toBe(before)
  expect(reportOf({ ...files, 'side.d.ts': `export type Side = 'sell';\n` })).not.toBe(before)
})
