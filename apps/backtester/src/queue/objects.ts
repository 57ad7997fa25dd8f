import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ScalpError } from '@scalp/canonical'
import { loadOptional } from '../optional-package.js'

/** Named bytes in one place that all machines reach. */
export interface Objects {
  has(name: string): Promise<boolean>
  put(name: string, file: string): Promise<void>
  /** Writes an object to a file, whole or not at all. */
  get(name: string, file: string): Promise<void>
}

/** Thrown when the place of objects is none, or an object is not there. */
export class ObjectsError extends ScalpError {
  override readonly name = 'ObjectsError'
  constructor(problem: string, { cause }: { cause?: unknown } = {}) {
    super(problem, {
      code: 'OBJECTS',
      hint: 'Give --objects a folder that all machines share, or s3://bucket/prefix, and put the data there with sweep --objects.',
      details: {},
      cause,
    })
  }
}

/** Opens a shared folder, or a bucket of S3 or what speaks its protocol: `s3://bucket/prefix`. */
export function openObjects(url: string): Objects {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  return bucket === undefined
    ? new Folder(url)
    : new Bucket(bucket, prefix === '' ? '' : `${prefix.replace(/\/$/, '')}/`)
}

/** A folder that machines share. */
class Folder implements Objects {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async has(name: string): Promise<boolean> {
    return access(path.join(this.#root, name)).then(
      () => true,
      () => false,
    )
  }

  async put(name: string, file: string): Promise<void> {
    await write(createReadStream(file), path.join(this.#root, name))
  }

  async get(name: string, file: string): Promise<void> {
    if (!(await this.has(name))) throw new ObjectsError(`There is no ${name} in ${this.#root}.`)
    await write(createReadStream(path.join(this.#root, name)), file)
  }
}

/** A bucket. Region, endpoint and credentials come the way of the AWS SDK: its environment, files and roles. */
class Bucket implements Objects {
  readonly #bucket: string
  readonly #prefix: string
  #client: Promise<S3> | undefined

  constructor(bucket: string, prefix: string) {
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async has(name: string): Promise<boolean> {
    const { sdk, client } = await this.#open()
    try {
      await client.send(new sdk.HeadObjectCommand(this.#at(name)))
      return true
    } catch (error) {
      if ((error as { name?: string }).name === 'NotFound') return false
      throw new ObjectsError(`The bucket ${this.#bucket} does not answer.`, { cause: error })
    }
  }

  async put(name: string, file: string): Promise<void> {
    const { sdk, client } = await this.#open()
    const { stat } = await import('node:fs/promises')
    const { size } = await stat(file)
    await client.send(
      new sdk.PutObjectCommand({ ...this.#at(name), Body: createReadStream(file), ContentLength: size }),
    )
  }

  async get(name: string, file: string): Promise<void> {
    const { sdk, client } = await this.#open()
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(this.#at(name)))
      await write(Body as Readable, file)
    } catch (cause) {
      throw new ObjectsError(`${name} cannot be read from the bucket ${this.#bucket}.`, { cause })
    }
  }

  #at(name: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + name }
  }

  /** Loaded when it is needed: few runs do. */
  #open(): Promise<S3> {
    this.#client ??= loadOptional(
      'An object store',
      ['@aws-sdk/client-s3'],
      () => import('@aws-sdk/client-s3'),
    ).then((sdk) => ({
      sdk,
      client: new sdk.S3Client({
        forcePathStyle: process.env['AWS_ENDPOINT_URL_S3'] !== undefined,
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
    }))
    return this.#client
  }
}

interface S3 {
  readonly sdk: typeof import('@aws-sdk/client-s3')
  readonly client: import('@aws-sdk/client-s3').S3Client
}

async function write(from: Readable, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.tmp`
  await pipeline(from, createWriteStream(beside))
  await rename(beside, file)
}
