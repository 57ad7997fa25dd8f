import { ScalpError } from '@scalp/canonical'

/** Thrown when flags contradict each other. */
export class CallError extends ScalpError {
  override readonly name = 'CallError'
  constructor({ problem }: { problem: string }) {
    super(`${problem}.`, {
      code: 'CALL_INVALID',
      hint: 'See scalp-fake-alpaca --help.',
      details: { problem },
    })
  }
}

/** Thrown when a folder holds nothing that could be played. */
export class NothingToPlayError extends ScalpError {
  override readonly name = 'NothingToPlayError'
  constructor({ folder }: { folder: string }) {
    super(
      `${folder} holds neither *.jsonl files of Alpaca's messages nor Databento files of option quotes.`,
      {
        code: 'NOTHING_TO_PLAY',
        hint: 'Name another folder with --data, or leave it out for a synthetic market.',
        details: { folder },
      },
    )
  }
}
