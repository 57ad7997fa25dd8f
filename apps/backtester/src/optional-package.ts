import { ScalpError } from '@scalp/canonical'

/** Thrown when a part is asked for that stands on packages which are not installed. */
export class PackageMissingError extends ScalpError {
  override readonly name = 'PackageMissingError'
  constructor({ part, packages, cause }: { part: string; packages: readonly string[]; cause: unknown }) {
    super(`${part} needs ${packages.join(' and ')}, which few runs do, so it is not installed by itself.`, {
      code: 'PACKAGE_MISSING',
      hint: `Install it beside the backtester: npm install ${packages.join(' ')}`,
      details: { part, packages },
      cause,
    })
  }
}

/** Loads a part that stands on optional packages. @throws {@link PackageMissingError} When one is not installed. */
export async function loadOptional<Part>(
  part: string,
  packages: readonly string[],
  load: () => Promise<Part>,
): Promise<Part> {
  try {
    return await load()
  } catch (cause) {
    const { code, message = '' } = cause as Partial<NodeJS.ErrnoException>
    const isOneOfThem = packages.some((name) => message.includes(`'${name}'`))
    if (code === 'ERR_MODULE_NOT_FOUND' && isOneOfThem)
      throw new PackageMissingError({ part, packages, cause })
    throw cause
  }
}
