import { createInterface } from 'node:readline/promises'

/** Tells something beside the answer. */
export function note(text: string): void {
  process.stderr.write(text)
}

/** Asks a question that is answered by yes or no. */
export async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}
