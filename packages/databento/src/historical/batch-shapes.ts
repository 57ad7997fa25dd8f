import path from 'node:path'
import { z } from 'zod'
import { countShape, usdShape } from './answers.js'
import type { BatchFile, BatchJob } from './types.js'

const text = z.string().nullish()
const count = countShape.nullish()

/** A job. Lists give a short form, and states are added over time: only the id and the state are needed. */
export const jobShape: z.ZodType<BatchJob> = z
  .object({
    id: z.string().min(1),
    state: z.string(),
    cost_usd: usdShape.nullish(),
    dataset: text,
    schema: text,
    record_count: count,
    billed_size: count,
    package_size: count,
    progress: z.number().nullish(),
    ts_received: text,
    ts_expiration: text,
  })
  .transform((job) => ({
    id: job.id,
    state: job.state,
    costMicros: job.cost_usd ?? undefined,
    dataset: job.dataset ?? undefined,
    schema: job.schema ?? undefined,
    recordCount: job.record_count ?? undefined,
    billedSize: job.billed_size ?? undefined,
    packageSize: job.package_size ?? undefined,
    progress: job.progress ?? undefined,
    receivedAt: job.ts_received ?? undefined,
    expiresAt: job.ts_expiration ?? undefined,
  }))

/** The files of a job. A name that would leave its folder is no name. */
export const filesShape: z.ZodType<BatchFile[]> = z.array(
  z
    .object({
      filename: z.string().refine((name) => isPlainName(name), 'is no plain file name'),
      size: countShape,
      hash: z.string().regex(/^sha256:[0-9a-fA-F]{64}$/),
      urls: z.object({ https: z.url() }),
    })
    .transform(({ filename, size, hash, urls }) => ({
      name: filename,
      bytes: size,
      sha256: hash.slice('sha256:'.length).toLowerCase(),
      path: new URL(urls.https).pathname,
    })),
)

/** True when text names a file or folder of a folder, and nothing above or below. */
export function isPlainName(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && path.win32.basename(name) === name && !name.includes('\0')
  )
}
