import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  createOptionId,
  daysToExpiry,
  formatAlpaca,
  formatOcc,
  formatOption,
  type OptionId,
  type OptionIdFields,
  type ParseResult,
  safeParseAlpaca,
  safeParseOption,
  toOrats,
} from '../src/index.js'

interface Case {
  readonly id: string
  readonly op: string
  readonly input: unknown
  readonly expect: { readonly ok: boolean; readonly value?: unknown; readonly reason?: string }
}

const shared = path.join(
  process.env['SCALP_FIXTURES'] ?? path.resolve(import.meta.dirname, '../../../../shared/fixtures'),
  'reference',
)
const folders = [path.join(import.meta.dirname, 'fixtures'), shared].filter((folder) => existsSync(folder))

test.skipIf(!existsSync(shared) && process.env['SCALP_REQUIRE_FIXTURES'] === undefined)(
  'the shared fixtures are there',
  () => {
    expect(existsSync(shared)).toBe(true)
  },
)

for (const folder of folders) {
  for (const file of readdirSync(folder).filter(
    (name) => name.startsWith('canonical') && name.endsWith('.json'),
  )) {
    const { cases } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { cases: Case[] }
    describe(`${path.basename(folder)}/${file}`, () => {
      test.each(cases)('$id $op', ({ op, input, expect: expected }) => {
        expect(run(op, input)).toEqual(expected)
      })
    })
  }
}

test('there are cases to go through', () => {
  expect(folders.length).toBeGreaterThan(0)
})

/** Runs a case and answers in the words of the fixtures. */
function run(op: string, input: unknown): Case['expect'] {
  switch (op) {
    case 'parseOcc':
      return answer(safeParseOption(input as string))
    case 'parseAlpaca':
      return answer(safeParseAlpaca(input as string))
    case 'dte': {
      const { expiry, on } = input as { expiry: string; on: string }
      return { ok: true, value: daysToExpiry(expiry, on) }
    }
  }
  let option: OptionId
  try {
    option = createOptionId(input as OptionIdFields)
  } catch (error) {
    return { ok: false, reason: (error as { fault: string }).fault }
  }
  const formats: Readonly<Record<string, (id: OptionId) => unknown>> = {
    formatOcc,
    formatAlpaca,
    display: formatOption,
    orats: toOrats,
    validate: () => undefined,
  }
  const value = formats[op]?.(option)
  return value === undefined ? { ok: true } : { ok: true, value }
}

function answer(result: ParseResult): Case['expect'] {
  if (!result.ok) return { ok: false, reason: result.fault }
  const { strikeThousandths, ...fields } = result.value
  return { ok: true, value: { ...fields, strike: strikeThousandths / 1_000 } }
}
