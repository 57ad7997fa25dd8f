#!/usr/bin/env node
import { isScalpError } from '@scalp/canonical'
import { Command, InvalidArgumentError } from 'commander'
import { exportJsonLines, exportParquet } from './export.js'
import { readJournal } from './read.js'
import { recoverJournal } from './recover.js'
import { verifyJournal } from './verify.js'

const program = new Command('scalp-journal').description('Reads, verifies, exports and repairs journals.')

program
  .command('verify')
  .description('follow the hash chain through every file; status 1 when anything is not as it was recorded')
  .argument('<journal>', 'the database file')
  .option('--expect <seq:hash>', 'a line noted earlier, which must still be there')
  .action((file: string, { expect }: { expect?: string }) => {
    const result = verifyJournal(file, expect === undefined ? {} : { expected: parseHead(expect) })
    for (const { file: where, seq, problem } of result.faults)
      console.error(`${where}: ${seq ?? '-'}: ${problem}`)
    const verdict = result.ok ? 'The chain holds' : `${result.faults.length} faults`
    console.log(`${verdict}: ${result.lines} lines, head ${result.head.seq}:${result.head.hash}`)
    process.exitCode = result.ok ? 0 : 1
  })

program
  .command('export')
  .description('write lines as JSON, or as Parquet when the name ends in .parquet')
  .argument('<journal>', 'the database file')
  .argument('[output]', 'a file; without one JSON lines go to standard output')
  .option('--type <type>', 'only entries of this type')
  .option('--run <number>', 'only entries of this run', parseNumber)
  .option('--from <seq>', 'from this line on', parseNumber)
  .option('--to <seq>', 'up to this line', parseNumber)
  .action((file: string, output: string | undefined, options: Selection) => {
    withJournal(file, options, (lines) => {
      const count = output?.endsWith('.parquet')
        ? exportParquet(lines, output)
        : exportJsonLines(lines, output ?? 1)
      if (output !== undefined) console.log(`${count} lines in ${output}`)
    })
  })

program
  .command('tail')
  .description('show the newest lines')
  .argument('<journal>', 'the database file')
  .option('-n, --lines <count>', 'how many', parseNumber, 20)
  .option('--type <type>', 'only entries of this type')
  .action((file: string, { lines: count, type }: { lines: number; type?: string }) => {
    withJournal(file, type === undefined ? {} : { type }, (lines) => {
      const last: string[] = []
      for (const { seq, atUs, type: name, body } of lines) {
        last.push(`${seq} ${new Date(atUs / 1_000).toISOString()} ${name} ${body}`)
        if (last.length > count) last.shift()
      }
      if (last.length > 0) console.log(last.join('\n'))
    })
  })

program
  .command('recover')
  .description('write a new database of all that is readable in a damaged one and beside it')
  .argument('<journal>', 'the database file')
  .option('--accept-loss', 'go on when lines are lost for good')
  .action((file: string, { acceptLoss = false }: { acceptLoss?: boolean }) => {
    const { lines, fromTail, lost, damagedFile } = recoverJournal(file, { acceptLoss })
    console.log(
      `${lines} lines saved, ${fromTail} of them from the tail files; the damaged file is ${damagedFile}`,
    )
    for (const { from, to } of lost) console.error(`lost: lines ${from} to ${to}`)
    process.exitCode = lost.length === 0 ? 0 : 1
  })

interface Selection {
  readonly type?: string
  readonly run?: number
  readonly from?: number
  readonly to?: number
}

function withJournal(
  file: string,
  { type, run, from, to }: Selection,
  use: (lines: ReturnType<ReturnType<typeof readJournal>['lines']>) => void,
): void {
  const reader = readJournal(file)
  try {
    use(
      reader.lines({
        ...(type === undefined ? {} : { type }),
        ...(run === undefined ? {} : { run }),
        ...(from === undefined ? {} : { fromSeq: from }),
        ...(to === undefined ? {} : { toSeq: to }),
      }),
    )
  } finally {
    reader.close()
  }
}

function parseNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.')
  return Number(text)
}

function parseHead(text: string): { readonly seq: number; readonly hash: string } {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('write it as verify does: number, colon, 64 hexadecimal digits.')
  return { seq: Number(seq), hash }
}

try {
  program.parse()
} catch (error) {
  const hint = isScalpError(error) && error.hint !== undefined ? `\n${error.hint}` : ''
  console.error(`${(error as Error).message}${hint}`)
  process.exitCode = 2
}
