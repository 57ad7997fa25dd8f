import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeRecord, encodeMetadata, encodeRecord, type Metadata, RecordAssembler } from '../src/index.js'
import { readBytes } from '../src/node.js'
import { DBN_FOLDERS, readJson } from './fixtures.js'

interface ExpectedFile {
  readonly kind?: string
  readonly must_fail?: boolean
  readonly complete?: boolean
  readonly compression?: string
}

const files = DBN_FOLDERS.flatMap((folder) =>
  Object.entries(readJson<{ files: Record<string, ExpectedFile> }>(`${folder}/expected.json`).files)
    .filter(([, { kind, must_fail, complete }]) => kind === 'dbn' && must_fail !== true && complete !== false)
    .map(([name]) => `${folder}/${name}`),
).filter((file) => existsSync(file))

test.each(files)('%s, decoded and encoded again, is the same byte for byte', async (file) => {
  const pieces: Uint8Array[] = []
  for await (const piece of readBytes(file)) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  const parts: Uint8Array[] = []
  let metadata: Metadata | undefined
  const assembler = new RecordAssembler({
    onMetadata(found) {
      metadata = found
      parts.push(encodeMetadata(found))
    },
    onBlock({ bytes: block, view, length }) {
      for (let at = 0; at < length; at += (block[at] as number) * 4) {
        const { version = 3, tsOut = false } = metadata ?? {}
        const record = decodeRecord(view, at, { version, tsOut })
        parts.push(
          record.record === 'unknown' ? block.slice(at, at + record.length * 4) : encodeRecord(record),
        )
      }
    },
  })
  assembler.push(bytes)
  assembler.end()
  const again = Buffer.concat(parts)
  expect(again.length).toBe(bytes.length)
  const at = again.findIndex((byte, i) => byte !== bytes[i])
  expect(at).toBe(-1)
})
