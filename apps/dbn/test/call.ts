import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { reportFailure } from '@scalp/cli'
import { afterAll } from 'vitest'
import type { Output } from '../src/output.js'
import { createProgram, type ProgramPorts } from '../src/program.js'
import { wrongCalls } from '../src/wrong-calls.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** A new empty folder, gone when the tests of the file are over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'scalp-dbn-'))
  folders.push(folder)
  return folder
}

/** What a call came to. */
export interface Called {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command line in this process. */
export function call(...args: readonly string[]): Promise<Called> {
  return callWith({}, ...args)
}

/** As {@link call}, with a stand-in for the world. */
export async function callWith(ports: ProgramPorts, ...args: readonly string[]): Promise<Called> {
  const parts: string[] = []
  let err = ''
  const output: Output = { write: (text) => void parts.push(text), close() {}, discard() {} }
  const { command, run } = createProgram(output, ports)
  const texts = {
    writeOut: (text: string): void => void parts.push(text),
    writeErr: (text: string): void => void (err += text),
  }
  for (const each of [command, ...command.commands]) each.configureOutput(texts)
  try {
    const code = await run(args)
    return { code, out: parts.join(''), err }
  } catch (error) {
    const code = reportFailure(error, { wrongCalls, outFlag: '-o', write: (text) => void (err += text) })
    return { code, out: parts.join(''), err }
  }
}
