import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { HistoricalClient, JobProgress } from '../src/historical.js'
import { discoverDataset, readDbnFile } from '../src/node.js'
import { DAY, DAY_MICROS, KeepingSink, newFolder, RECORDS, ROWS, start } from './historical-setup.js'

const FILE_CALL = 'batch.download_file'
const DATA = 'opra-pillar-20250220.cbbo-1m.dbn.zst'
const NO_CEILING = { maxCostMicros: Number.POSITIVE_INFINITY }

const doneJob = async (client: HistoricalClient): Promise<string> => {
  const { id } = await client.batch.submitJob({ ...DAY, ...NO_CEILING })
  await client.batch.waitForJob(id, { pollMs: 1 })
  return id
}

test('submits a job, waits for it and downloads it as a dataset', async () => {
  const { client, server } = await start()
  const job = await client.batch.submitJob({ ...DAY, maxCostMicros: DAY_MICROS })
  expect(job).toMatchObject({
    state: 'received',
    costMicros: DAY_MICROS,
    recordCount: ROWS,
    dataset: 'OPRA.PILLAR',
  })
  const states: string[] = []
  await client.batch.waitForJob(job.id, { pollMs: 1, onProgress: ({ state }) => states.push(state) })
  expect(states).toEqual(['queued', 'processing', 'done'])
  const directory = await newFolder()
  const progress: JobProgress[] = []
  const { folder, files } = await client.batch.download({
    jobId: job.id,
    directory,
    onProgress: (step) => progress.push(step),
  })
  expect(folder).toBe(path.join(directory, job.id))
  expect((await readdir(folder)).sort()).toEqual(
    ['condition.json', 'manifest.json', 'metadata.json', DATA].sort(),
  )
  const sink = new KeepingSink()
  await readDbnFile(files[0] as string, sink)
  expect(sink.bytes.equals(RECORDS)).toBe(true)
  const last = progress.at(-1)
  expect(last?.totalBytes).toBe(last?.jobBytes)
  expect((await discoverDataset(directory)).files).toMatchObject([{ job: job.id, schema: 'cbbo-1m' }])
  expect(server.count('batch.submit_job')).toBe(1)
})

test('lists jobs, all or by their state, and their files', async () => {
  const { client } = await start()
  const id = await doneJob(client)
  const [job] = await client.batch.listJobs()
  expect(job).toMatchObject({ id, state: 'done', progress: 100 })
  expect(await client.batch.listJobs({ states: ['queued'], since: '2025-01-01' })).toEqual([])
  const [file] = await client.batch.listFiles(id)
  expect(file).toMatchObject({ name: DATA, path: `/v0/batch/download/STANDIN/${id}/${DATA}` })
  expect(file?.sha256).toMatch(/^[0-9a-f]{64}$/)
})

test('takes a job of which only id and state are told, and a state it does not know', async () => {
  const { client } = await start({ answers: { 'batch.list_jobs': [{ id: 'A-1', state: 'resting' }] } })
  expect(await client.batch.listJobs()).toMatchObject([
    { id: 'A-1', state: 'resting', costMicros: undefined },
  ])
})

test('refuses the files of a job that is not ready, is not there, or is gone', async () => {
  const { client } = await start({ jobStates: ['queued', 'expired'] })
  const { id } = await client.batch.submitJob({ ...DAY, ...NO_CEILING })
  await expect(client.batch.listFiles(id)).rejects.toMatchObject({ case: 'batch_job_not_ready', status: 400 })
  await expect(client.batch.getJob('NONE')).rejects.toMatchObject({
    case: 'batch_job_not_found',
    status: 404,
  })
  await expect(client.batch.waitForJob(id, { pollMs: 1 })).rejects.toMatchObject({
    code: 'DATABENTO_JOB_EXPIRED',
    details: { state: 'expired' },
  })
})

test('an abort ends the wait for a job', async () => {
  const { client } = await start({ jobStates: ['queued'] })
  const { id } = await client.batch.submitJob({ ...DAY, ...NO_CEILING })
  const controller = new AbortController()
  const reason = new Error('enough')
  const onProgress = (): void => void setTimeout(() => controller.abort(reason), 5)
  const wait = client.batch.waitForJob(id, { pollMs: 60_000, signal: controller.signal, onProgress })
  await expect(wait).rejects.toBe(reason)
})

test('goes on with Range where a broken download stopped', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  server.fail(
    FILE_CALL,
    { kind: 'cut', afterBytes: 700 },
    { kind: 'drop' },
    { kind: 'cut', afterBytes: 400 },
    { kind: 'half' },
  )
  const { files } = await client.batch.download({ jobId, directory: await newFolder(), files: [DATA] })
  const [file] = await client.batch.listFiles(jobId)
  const ranges = server.calls.filter(({ method }) => method === FILE_CALL).map(({ range }) => range)
  const end = (file?.bytes ?? 0) - 1
  expect(ranges.slice(0, 4)).toEqual([undefined, `bytes=700-${end}`, `bytes=700-${end}`, `bytes=1100-${end}`])
  expect(ranges).toHaveLength(5)
  expect((await readFile(files[0] as string)).length).toBe(file?.bytes)
})

test('goes on with the .part file of an earlier run', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const directory = await newFolder()
  const dead = { kind: 'drop' } as const
  server.fail(FILE_CALL, { kind: 'cut', afterBytes: 900 }, dead, dead, dead, dead)
  const query = { jobId, directory, files: [DATA] }
  await expect(client.batch.download(query)).rejects.toMatchObject({ code: 'DATABENTO_CONNECTION' })
  expect(await readdir(path.join(directory, jobId))).toEqual([`${DATA}.part`])
  await client.batch.download(query)
  expect(server.calls.at(-1)?.range).toMatch(/^bytes=900-/)
  expect(await readdir(path.join(directory, jobId))).toEqual([DATA])
})

test('begins anew when the server sends all of a file instead of its rest', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  server.fail(FILE_CALL, { kind: 'cut', afterBytes: 700 }, { kind: 'whole-file' })
  const { files } = await client.batch.download({ jobId, directory: await newFolder(), files: [DATA] })
  const [file] = await client.batch.listFiles(jobId)
  expect((await readFile(files[0] as string)).length).toBe(file?.bytes)
})

test('begins anew when the .part file is longer than the file, or the server has no such range', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const directory = await newFolder()
  await mkdir(path.join(directory, jobId))
  const part = path.join(directory, jobId, `${DATA}.part`)
  await writeFile(part, new Uint8Array(1_000_000))
  await client.batch.download({ jobId, directory, files: [DATA] })
  expect(server.calls.at(-1)?.range).toBeUndefined()
  const second = await newFolder()
  server.fail(FILE_CALL, { kind: 'cut', afterBytes: 700 }, { kind: 'status', status: 416 })
  await client.batch.download({ jobId, directory: second, files: [DATA] })
  expect(server.calls.at(-1)?.range).toBeUndefined()
})

test('a file with another sha256 is not kept', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const directory = await newFolder()
  server.fail(FILE_CALL, { kind: 'wrong-byte' })
  const query = { jobId, directory, files: [DATA] }
  await expect(client.batch.download(query)).rejects.toMatchObject({ code: 'DATABENTO_CHECKSUM' })
  expect(await readdir(path.join(directory, jobId))).toEqual([])
  await client.batch.download(query)
})

test('a file longer than the job tells is not kept', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const [file] = await client.batch.listFiles(jobId)
  const answers = {
    'batch.list_files': [
      {
        filename: DATA,
        size: 100,
        hash: `sha256:${file?.sha256}`,
        urls: { https: `${server.url}${file?.path}` },
      },
    ],
  }
  const other = await start({ answers })
  await doneJob(other.client)
  const query = { jobId, directory: await newFolder() }
  await expect(other.client.batch.download(query)).rejects.toMatchObject({
    code: 'DATABENTO_CHECKSUM',
    message: expect.stringContaining('more than 100 bytes'),
  })
})

test('files that are there and whole are not fetched again; others are not written over', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const directory = await newFolder()
  const { files } = await client.batch.download({ jobId, directory })
  const before = server.count(FILE_CALL)
  const seen: string[] = []
  await client.batch.download({ jobId, directory, onProgress: ({ file }) => seen.push(file) })
  expect(seen).toHaveLength(files.length)
  expect(server.count(FILE_CALL)).toBe(before)
  const data = files[0] as string
  const bytes = await readFile(data)
  bytes[50] = (bytes[50] ?? 0) ^ 1
  await writeFile(data, bytes)
  await expect(client.batch.download({ jobId, directory })).rejects.toMatchObject({
    code: 'DATABENTO_FILE_EXISTS',
  })
  await writeFile(data, 'short')
  await expect(client.batch.download({ jobId, directory })).rejects.toMatchObject({
    code: 'DATABENTO_FILE_EXISTS',
  })
})

test.each(['../evil', 'a/b', 'a\\b', '..', ''])('a file named %j is refused', async (filename) => {
  const { client, server } = await start({
    answers: {
      'batch.list_files': [
        { filename, size: 1, hash: `sha256:${'0'.repeat(64)}`, urls: { https: 'https://a.example/b' } },
      ],
    },
  })
  const query = { jobId: 'A', directory: await newFolder() }
  await expect(client.batch.download(query)).rejects.toMatchObject({ code: 'DATABENTO_RESPONSE' })
  expect(server.count(FILE_CALL)).toBe(0)
})

test('a job id that leaves the directory, and a file that the job has not, are refused', async () => {
  const { client } = await start({ answers: { 'batch.list_files': [] } })
  const directory = await newFolder()
  await expect(client.batch.download({ jobId: '../x', directory })).rejects.toMatchObject({
    code: 'DATABENTO_QUERY',
  })
  const query = { jobId: 'A', directory, files: ['none'] }
  await expect(client.batch.download(query)).rejects.toMatchObject({ details: { parameter: 'files' } })
})

test('the key goes to the host of the client alone, whatever URL the API names', async () => {
  const hosts = new Set<string>()
  const fetch: typeof globalThis.fetch = async (input, init) => {
    hosts.add((input as URL).origin)
    return await globalThis.fetch(input, init)
  }
  const { client, server } = await start({}, { fetch })
  const jobId = await doneJob(client)
  await client.batch.download({ jobId, directory: await newFolder() })
  expect([...hosts]).toEqual([server.url])
})

test('the stand-in serves a job as a zip, too', async () => {
  const { client, server } = await start()
  const jobId = await doneJob(client)
  const authorization = `Basic ${Buffer.from(`${server.apiKey}:`).toString('base64')}`
  const response = await fetch(`${server.url}/v0/batch.download?job_id=${jobId}`, {
    headers: { authorization },
  })
  const zip = Buffer.from(await response.arrayBuffer())
  expect(zip.readUInt32LE(0)).toBe(0x04034b50)
  const end = zip.subarray(-22)
  expect([end.readUInt32LE(0), end.readUInt16LE(10)]).toEqual([0x06054b50, 4])
  const directory = zip.subarray(end.readUInt32LE(16), -22)
  expect(directory.readUInt32LE(0)).toBe(0x02014b50)
  const name = directory.subarray(46, 46 + directory.readUInt16LE(28)).toString()
  const size = directory.readUInt32LE(24)
  const body = zip.subarray(30 + name.length, 30 + name.length + size)
  const [file] = await client.batch.listFiles(jobId)
  expect([name, size]).toEqual([file?.name, file?.bytes])
  const { createHash } = await import('node:crypto')
  expect(createHash('sha256').update(body).digest('hex')).toBe(file?.sha256)
})
