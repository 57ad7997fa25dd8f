import { z } from 'zod'
import { readJson } from './answers.js'
import { inParts, toDataset, toSymbolList } from './query.js'
import type { Transport } from './transport.js'
import type { Resolution, ResolvedInterval, ResolveQuery, SymbologyApi } from './types.js'

const resolutionShape = z.object({
  result: z.record(
    z.string(),
    z.array(
      z
        .object({ d0: z.string(), d1: z.string(), s: z.string() })
        .transform(({ d0: startDate, d1: endDate, s: symbol }) => ({ startDate, endDate, symbol })),
    ),
  ),
  partial: z.array(z.string()).nullish(),
  not_found: z.array(z.string()).nullish(),
})

/** Symbols into others: free, and repeated when the network fails. */
export function createSymbologyApi(transport: Transport): SymbologyApi {
  return { resolve: (query) => resolve(transport, query) }
}

async function resolve(transport: Transport, query: ResolveQuery): Promise<Resolution> {
  const {
    dataset,
    symbols,
    stypeIn = 'raw_symbol',
    stypeOut = 'instrument_id',
    startDate,
    endDate,
    signal,
  } = query
  const result: Record<string, readonly ResolvedInterval[]> = {}
  const partial: string[] = []
  const notFound: string[] = []
  for (const part of inParts(toSymbolList(symbols, stypeIn))) {
    const parameters = {
      dataset: toDataset(dataset),
      symbols: part.join(','),
      stype_in: stypeIn,
      stype_out: stypeOut,
      start_date: startDate,
      end_date: endDate,
    }
    const answer = await readJson(
      transport,
      { method: 'symbology.resolve', verb: 'POST', kind: 'free', parameters, signal },
      resolutionShape,
    )
    Object.assign(result, answer.result)
    partial.push(...(answer.partial ?? []))
    notFound.push(...(answer.not_found ?? []))
  }
  return { result, partial, notFound }
}
