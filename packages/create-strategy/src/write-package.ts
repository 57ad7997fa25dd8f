import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { FolderInUseError } from './errors.js'

/** Writes a rendered package into a folder that is empty or not there yet. @throws {@link FolderInUseError} */
export function writePackage(folder: string, files: ReadonlyMap<string, string>): void {
  if (existsSync(folder) && readdirSync(folder).some((name) => name !== '.git'))
    throw new FolderInUseError({ folder })
  for (const [file, text] of files) {
    const target = path.join(folder, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
}
