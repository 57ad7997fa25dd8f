import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { CbboView, CsvEncoder, SymbolMap } from '@scalp/databento'
import { readDbnFile } from '@scalp/databento/node'

/** Rows that are compared with those of the package's own encoder. */
const COMPARED = 2_000
const US_PER_DAY = 86_400_000_000

/** Writes, once, the batch CSV of a generated day: pretty prices and times, symbols last, zstd. */
export async function csvOf(day: string): Promise<string> {
  const file = day.replace('.dbn.zst', '.csv.zst')
  if (existsSync(file)) return file
  console.log(`Making ${file} out of it, once.`)
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  const written = pipeline(compress, createWriteStream(`${file}.part`))
  const view = new CbboView()
  let encoder: CsvEncoder | undefined
  let symbols: SymbolMap | undefined
  let rows = 0
  let pending: Buffer[] = []
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(pending)
    pending = []
    if (!compress.write(bytes)) await once(compress, 'drain')
  }
  let turn = Promise.resolve()
  await readDbnFile(day, {
    onMetadata(metadata) {
      const { version, tsOut, schema } = metadata
      symbols = new SymbolMap(metadata)
      encoder = new CsvEncoder({
        version,
        tsOut,
        schema,
        symbols,
        prettyPrices: true,
        prettyTimes: true,
      })
      pending.push(Buffer.from(encoder.header()))
    },
    onBlock(block) {
      view.bind(block)
      const lines: string[] = []
      for (let at = 0; at < block.length; at += view.length) {
        view.moveTo(at)
        const day = Math.floor(view.receivedUs / US_PER_DAY)
        const line = lineOf(view, symbols?.find(day, view.instrumentId) ?? '')
        if (rows++ < COMPARED && line !== encoder?.row(block.view, at))
          throw new Error(`The generator writes ${line} and the encoder ${encoder?.row(block.view, at)}`)
        lines.push(line)
      }
      pending.push(Buffer.from(lines.join(''), 'latin1'))
      if (pending.length >= 16) turn = turn.then(flush)
    },
  })
  await turn
  await flush()
  compress.end()
  await written
  await rename(`${file}.part`, file)
  return file
}

function lineOf(quote: CbboView, symbol: string): string {
  const { lastMicros, lastSize, flags, bidMicros, askMicros, bidSize, askSize } = quote
  const times = `${timeOf(quote.receivedUs)},${timeOf(quote.eventUs)}`
  const head = `${times},${quote.rtype},${quote.publisherId},${quote.instrumentId}`
  const prices = `${priceOf(bidMicros)},${priceOf(askMicros)},${bidSize},${askSize}`
  const last = `N,${priceOf(lastMicros)},${lastSize},${flags}`
  return `${head},${last},${prices},${quote.bidPublisher},${quote.askPublisher},${symbol}\n`
}

function priceOf(micros: number): string {
  if (Number.isNaN(micros)) return ''
  const dollars = Math.floor(micros / 1_000_000)
  return `${dollars}.${String(micros - dollars * 1_000_000).padStart(6, '0')}000`
}

const seconds = new Map<number, string>()

function timeOf(us: number): string {
  if (Number.isNaN(us)) return ''
  const second = Math.floor(us / 1_000_000)
  let text = seconds.get(second)
  if (text === undefined) {
    text = new Date(second * 1_000).toISOString().slice(0, 19)
    seconds.set(second, text)
  }
  return `${text}.${String(us - second * 1_000_000).padStart(6, '0')}000Z`
}
