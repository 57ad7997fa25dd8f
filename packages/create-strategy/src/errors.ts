import { ScalpError } from '@scalp/canonical'

/** Thrown when a package cannot go by a name. */
export class PackageNameError extends ScalpError {
  override readonly name = 'PackageNameError'
  constructor({ given }: { given: string }) {
    super(`"${given}" cannot be the name of a strategy package.`, {
      code: 'CREATE_NAME',
      hint: 'Use lower-case words joined by hyphens, such as calm-open, with a scope before it if you have one: @me/calm-open.',
      details: { given },
    })
  }
}

/** Thrown when the folder to write into holds something. */
export class FolderInUseError extends ScalpError {
  override readonly name = 'FolderInUseError'
  constructor({ folder }: { folder: string }) {
    super(`${folder} exists and is not empty.`, {
      code: 'CREATE_FOLDER_IN_USE',
      hint: 'Choose another name, or another place with --folder. Nothing was written.',
      details: { folder },
    })
  }
}

/** Thrown when a symbol is none that an option could be written on. */
export class UnderlyingError extends ScalpError {
  override readonly name = 'UnderlyingError'
  constructor({ given }: { given: string }) {
    super(`"${given}" is no symbol of an underlying.`, {
      code: 'CREATE_UNDERLYING',
      hint: 'Give one to six capital letters, such as SPY; DEMO is the synthetic market.',
      details: { given },
    })
  }
}
