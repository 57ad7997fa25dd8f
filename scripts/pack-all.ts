import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

/** What of a manifest these scripts read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly sideEffects?: boolean
  readonly engines?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A package of this repository that is published. */
export interface Published {
  readonly folder: string
  readonly manifest: Manifest
}

/** A package as it would be published. */
export interface Packed {
  /** The manifest inside the tarball: with real versions. */
  readonly manifest: Manifest
  readonly tarball: string
}

/** All that is published, apps last. */
export function publishedPackages(root: string): readonly Published[] {
  return ['packages', 'apps']
    .flatMap((kind) => readdirSync(path.join(root, kind)).map((name) => path.join(root, kind, name)))
    .flatMap((folder) => {
      const manifest = readManifest(folder)
      return manifest === undefined || manifest.private === true ? [] : [{ folder, manifest }]
    })
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

const run = promisify(execFile)

/** Packs all that is published, after a build. */
export async function packAll(root: string, destination: string): Promise<readonly Packed[]> {
  const filters = publishedPackages(root).flatMap(({ manifest }) => ['--filter', manifest.name])
  await run('pnpm', ['-r', ...filters, 'pack', '--pack-destination', destination], {
    cwd: root,
    maxBuffer: 64e6,
  })
  return Promise.all(
    readdirSync(destination)
      .sort()
      .map(async (file) => {
        const tarball = path.join(destination, file)
        const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json'])
        return { manifest: JSON.parse(stdout) as Manifest, tarball }
      }),
  )
}
