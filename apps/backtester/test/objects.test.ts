import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fetchData, putData } from '../src/queue/object-data.js'
import { openObjects } from '../src/queue/objects.js'
import { openRunData } from '../src/run-data.js'
import { dataIdOf } from '../src/sweep/run-key.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

/** As much of S3 as is asked of it: objects by path, put, read and looked for. */
function createBucket(): { readonly server: Server; readonly kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
    if (request.method === 'PUT') {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        kept.set(name, Buffer.concat(parts))
        response.writeHead(200, { etag: '"x"' }).end()
      })
      return
    }
    const bytes = kept.get(name)
    if (bytes === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-length': bytes.length })
        .end(request.method === 'HEAD' ? undefined : bytes)
  })
  return { server, kept }
}

/** A process of its own: inside of vitest the SDK would be found as its build for bundlers, which Node cannot read. */
const SOURCES = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  return next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context)
} })`)}`
const PROGRAM = `const { openObjects } = await import(process.argv[1])
const objects = openObjects('s3://bucket/some/prefix')
const before = await objects.has('a/b')
await objects.put('a/b', process.argv[2])
await objects.get('a/b', process.argv[2] + '.back')
const missing = await objects.get('none', process.argv[2] + '.none').catch((error) => error.code)
console.log(JSON.stringify([before, await objects.has('a/b'), missing]))`

test('objects go to a bucket and come back', { timeout: 60_000 }, async () => {
  const { server, kept } = createBucket()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const file = path.join(await newFolder(), 'sent')
  writeFileSync(file, 'bytes')
  const module = new URL('../src/queue/objects.ts', import.meta.url).href
  const flags = ['--conditions=@scalp/source', '--import', SOURCES, '--input-type=module', '-e', PROGRAM]
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, module, file], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'word',
    },
  })
  server.close()
  expect(JSON.parse(stdout)).toEqual([false, true, 'OBJECTS'])
  expect([...kept].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
    ['/bucket/some/prefix/a/b', 'bytes'],
  ])
  expect(readFileSync(`${file}.back`, 'utf8')).toBe('bytes')
})

test('data go to a shared folder and come back by content; what is spoilt is refused', {
  timeout: 60_000,
}, async () => {
  const config = await configOf(await writeMarket('dbn.zst'))
  const data = await openRunData(config, silent)
  const dataId = await dataIdOf(data)
  const shared = path.join(await newFolder(), 'shared')
  const objects = openObjects(shared)
  await putData({ objects, dataId, data })
  const directory = await fetchData({ objects, dataId, cache: await newFolder() })
  const fetched = await openRunData({ ...config, data: directory }, silent)
  expect(await dataIdOf(fetched)).toBe(dataId)
  for (const name of readdirSync(path.join(shared, 'objects')))
    writeFileSync(path.join(shared, 'objects', name), 'spoilt')
  await expect(fetchData({ objects, dataId, cache: await newFolder() })).rejects.toMatchObject({
    code: 'OBJECTS',
  })
  await expect(objects.get('none', path.join(shared, 'x'))).rejects.toMatchObject({ code: 'OBJECTS' })
})
