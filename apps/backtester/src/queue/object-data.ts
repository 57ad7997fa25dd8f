import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sha256Of } from '../hash-files.js'
import { allFiles, type RunData } from '../run-data.js'
import { type Objects, ObjectsError } from './objects.js'

/** The files of a data set by their content. */
interface DataManifest {
  readonly files: readonly { readonly path: string; readonly sha256: string }[]
}

const manifestOf = (dataId: string): string => `data/${dataId}.json`
const objectOf = (sha256: string): string => `objects/${sha256}`

/** Puts the files of a run where workers can fetch them; what is there already is not sent again. */
export async function putData({
  objects,
  dataId,
  data: { originals, dataset, hashes },
}: {
  readonly objects: Objects
  readonly dataId: string
  readonly data: RunData
}): Promise<void> {
  if (await objects.has(manifestOf(dataId))) return
  const data = allFiles(originals).map(({ path: file }) => file)
  const files = [...data, ...(await supportFiles(data))]
  const listed: DataManifest['files'][number][] = []
  for (const file of files) {
    const sha256 = hashes.get(file) ?? (await sha256Of(file))
    if (!(await objects.has(objectOf(sha256)))) await objects.put(objectOf(sha256), file)
    listed.push({ path: path.relative(dataset.directory, file).split(path.sep).join('/'), sha256 })
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'scalp-manifest-'))
  const file = path.join(folder, 'manifest.json')
  await writeFile(file, JSON.stringify({ files: listed } satisfies DataManifest))
  /** Last, so that whoever finds it finds all it names. */
  await objects.put(manifestOf(dataId), file)
  await rm(folder, { recursive: true })
}

/** Fetches the files of a data set into a cache, each once and checked, and answers their folder. */
export async function fetchData({
  objects,
  dataId,
  cache,
}: {
  readonly objects: Objects
  readonly dataId: string
  readonly cache: string
}): Promise<string> {
  const directory = path.join(cache, 'data', dataId)
  const manifest = path.join(cache, 'data', `${dataId}.json`)
  await objects.get(manifestOf(dataId), manifest)
  const { files } = JSON.parse(await readFile(manifest, 'utf8')) as DataManifest
  for (const { path: name, sha256 } of files) {
    const kept = path.join(cache, 'objects', sha256)
    const place = path.resolve(directory, name)
    if (!place.startsWith(path.resolve(directory) + path.sep))
      throw new ObjectsError(`The data set ${dataId.slice(0, 12)} names a file outside its folder: ${name}.`)
    if (!(await isFile(kept))) {
      await objects.get(objectOf(sha256), kept)
      if ((await sha256Of(kept)) !== sha256) {
        await rm(kept)
        throw new ObjectsError(`Object ${sha256.slice(0, 12)} came with other content than its name says.`)
      }
    }
    await mkdir(path.dirname(place), { recursive: true })
    await link(kept, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  return directory
}

/** Symbols and conditions lie beside the data as JSON. */
async function supportFiles(data: readonly string[]): Promise<readonly string[]> {
  const folders = [...new Set(data.map((file) => path.dirname(file)))]
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name)),
    ),
  )
  return found.flat()
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}
