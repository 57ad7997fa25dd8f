import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { CsvEncoder, type JsonEncoder, RecordAssembler } from '@scalp/databento'
import { readBytes } from '@scalp/databento/node'
import { CallError } from '../errors.js'
import type { Output } from '../output.js'
import { encoderOf, type TextFlags } from '../text.js'
import { refuseOverwrite, tellWritten, type WriteFlags, writeDbn } from './merge.js'

/** Flags of `scalp-dbn convert`; `--json` prints what was written, the output's name says its format. */
export type ConvertFlags = WriteFlags &
  Omit<TextFlags, 'json' | 'fields'> & {
    readonly fields?: readonly string[]
    /** Instead of what the output's name says. */
    readonly to?: 'parquet' | 'dbn' | 'csv' | 'jsonl'
  }

/** Converts a DBN file into another form, which the name of the output says. */
export async function convert(input: string, flags: ConvertFlags, out: Output): Promise<void> {
  const { output } = flags
  const format =
    flags.to ??
    (output.endsWith('.parquet') ? 'parquet' : /\.(dbn|csv|json|jsonl)(?:\.zst)?$/.exec(output)?.[1])
  if (format === undefined) {
    throw new CallError({
      problem: `The name ${output} does not say into what to convert.`,
      hint: 'Let it end in .parquet, .dbn, .csv or .jsonl; all but the first with .zst after it to compress.',
    })
  }
  if (format === 'dbn') {
    await writeDbn([input], flags, {}, out)
    return
  }
  refuseOverwrite(flags, [input])
  if (format === 'parquet') {
    await convertToParquet(input, flags, out)
    return
  }
  const text = new TextPieces(input, { ...flags, json: format !== 'csv' })
  const part = `${output}.part`
  const write = createWriteStream(part)
  try {
    const pieces = text.read(flags.partial ?? false)
    if (output.endsWith('.zst'))
      await pipeline(pieces, createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }), write)
    else await pipeline(pieces, write)
    await rename(part, output)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  tellWritten(flags, text.records, out)
}

async function convertToParquet(input: string, flags: ConvertFlags, out: Output): Promise<void> {
  const { output } = flags
  const part = `${output}.part`
  try {
    const { writeParquet } = await import('../to-parquet.js')
    const rows = await writeParquet(input, part, flags.partial ?? false)
    await rename(part, output)
    tellWritten(flags, rows, out)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** The text of a file, a piece for each piece of the file that is read. */
class TextPieces {
  records = 0
  readonly #file: string
  readonly #flags: TextFlags

  constructor(file: string, flags: TextFlags) {
    this.#file = file
    this.#flags = flags
  }

  async *read(partial: boolean): AsyncGenerator<string> {
    let encoder: CsvEncoder | JsonEncoder | undefined
    let text = ''
    const assembler = new RecordAssembler(
      {
        onMetadata: (metadata) => {
          encoder = encoderOf(metadata, this.#flags)
          if (encoder instanceof CsvEncoder) text += encoder.header()
        },
        onBlock: ({ bytes, view, length }) => {
          for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
            const line = encoder?.row(view, at) ?? ''
            if (line === '') continue
            text += line
            this.records++
          }
        },
      },
      this.#file,
    )
    for await (const bytes of readBytes(this.#file, { partial })) {
      assembler.push(bytes)
      if (text !== '') yield text
      text = ''
    }
    if (!partial || assembler.isInMetadata) assembler.end()
    else if (assembler.left > 0)
      process.stderr.write(`warning: ${this.#file} was cut short; its whole records were read.\n`)
  }
}
