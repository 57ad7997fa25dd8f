import { cancel, isCancel, select, text } from '@clack/prompts'
import { isScalpError } from '@scalp/canonical'
import { KIND_NAMES, KINDS, type KindName } from './kinds.js'
import { type Answers, checkName, checkUnderlying } from './render-package.js'

/** Asks for what is not given yet; undefined when the person breaks off. */
export async function ask(given: Partial<Answers>): Promise<Answers | undefined> {
  const name =
    given.name ??
    (await text({
      message: 'Name of the package',
      placeholder: 'calm-open',
      defaultValue: 'calm-open',
      validate: (value) => complaint(checkName, value),
    }))
  if (isCancel(name)) return breakOff()
  const kind =
    given.kind ??
    (await select<KindName>({
      message: 'What to start from',
      options: KIND_NAMES.map((value) => ({ value, label: KINDS[value].label, hint: KINDS[value].hint })),
    }))
  if (isCancel(kind)) return breakOff()
  const underlying =
    given.underlying ??
    (await text({
      message: 'Underlying that its backtest is about',
      placeholder: 'DEMO',
      defaultValue: 'DEMO',
      validate: (value) => complaint(checkUnderlying, value),
    }))
  if (isCancel(underlying)) return breakOff()
  return { name, kind, underlying }
}

function breakOff(): undefined {
  cancel('Nothing was written.')
}

/** What a check says against an answer; nothing typed is the default. */
function complaint(check: (value: string) => string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  try {
    check(value)
    return undefined
  } catch (error) {
    return isScalpError(error) ? `${error.message} ${error.hint ?? ''}` : String(error)
  }
}
