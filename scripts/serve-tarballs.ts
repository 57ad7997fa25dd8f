import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Packed } from './pack-all.ts'

/** A registry on loopback that knows these tarballs and nothing else. */
export interface TarballRegistry {
  readonly url: string
  close(): void
}

/** Serves tarballs the way the registry will, so that `npm install @scalp/…` is tried word for word before publishing. */
export async function serveTarballs(packages: readonly Packed[]): Promise<TarballRegistry> {
  const byName = new Map(packages.map((packed) => [packed.manifest.name, packed]))
  let url = ''
  const server = createServer((request, response) => {
    const [name = '', file] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/')
    const packed = byName.get(name)
    if (packed === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}')
      return
    }
    const bytes = readFileSync(packed.tarball)
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
      return
    }
    const { version } = packed.manifest
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    const dist = { integrity, tarball: `${url}${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz` }
    const body = {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...packed.manifest, dist } },
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, close: () => server.close() }
}
