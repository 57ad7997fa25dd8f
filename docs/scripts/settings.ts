import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** One setting of a config file. */
export interface Setting {
  /** With dots: `gates.maxSpreadPct`. */
  readonly name: string
  /** What it may be, in words. */
  readonly kind: string
  /** As it is written in a config file; empty without one. */
  readonly unlessTold: string
  /** The doc comment of the setting in the schema, or of the property of the same name in the interface beside it. */
  readonly about: string
}

/** Reads the settings of a zod schema out of the source that declares it. */
export function readSettings(file: string, schema: string): readonly Setting[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const constants = new Map<string, ts.Expression>()
  const comments = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      constants.set(node.name.text, node.initializer)
    if (ts.isPropertySignature(node)) comments.set(node.name.getText(source), commentOf(node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  const root = constants.get(schema)
  if (root === undefined) throw new Error(`${file} declares no ${schema}`)
  return settingsOf(root, '')

  function settingsOf(expression: ts.Expression, prefix: string): Setting[] {
    const shape = objectOf(expression)
    if (shape === undefined) return []
    return shape.properties.filter(ts.isPropertyAssignment).flatMap((property) => {
      const name = prefix + property.name.getText(source).replaceAll("'", '')
      const inner = settingsOf(property.initializer, `${name}.`)
      if (inner.length > 0) return inner
      const chain = unfold(property.initializer)
      return [{ name, ...describe(chain), about: commentOf(property) || (comments.get(name) ?? '') }]
    })
  }

  /** The shape of `z.object({…})` at the foot of a chain of calls. */
  function objectOf(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
    const [first] = unfold(expression)
    if (first === undefined || !/^(strictO|o|looseO)bject$/.test(first.name)) return undefined
    const [shape] = first.input
    return shape !== undefined && ts.isObjectLiteralExpression(shape) ? shape : undefined
  }

  /** A chain `z.number().min(0)` as its calls from the foot on; names of constants are replaced by what they are. */
  function unfold(expression: ts.Expression): readonly Call[] {
    if (ts.isIdentifier(expression)) {
      const constant = constants.get(expression.text)
      return constant === undefined ? [] : unfold(constant)
    }
    if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return []
    const { name, expression: before } = expression.expression
    return [...unfold(before), { name: name.text, input: [...expression.arguments] }]
  }

  function describe(chain: readonly Call[]): { kind: string; unlessTold: string } {
    const text = (expression: ts.Expression | undefined): string => expression?.getText(source) ?? ''
    const has = (name: string): boolean => chain.some((call) => call.name === name)
    const first = chain[0]
    const bound = (name: string, sign: string): string => {
      const call = chain.findLast((one) => one.name === name)
      return call === undefined || call.input[0] === undefined ? '' : ` ${sign} ${plain(text(call.input[0]))}`
    }
    const kinds: Readonly<Record<string, string>> = {
      number: has('int') ? 'whole number' : 'number',
      string: 'text',
      boolean: 'true or false',
      url: 'address',
      record: 'object',
      array: 'list',
      object: 'object',
    }
    const kind =
      first?.name === 'enum' || first?.name === 'literal'
        ? plain(text(first.input[0])).replaceAll(/[[\]']/g, '')
        : (kinds[first?.name ?? ''] ?? first?.name ?? 'see source')
    const limits =
      first?.name === 'number'
        ? `${has('positive') ? ' above 0' : has('nonnegative') ? ' ≥ 0' : ''}${bound('min', '≥')}${bound('max', '≤')}`
        : ''
    const given = chain.findLast((call) => call.name === 'default' || call.name === 'prefault')
    return {
      kind: `${kind}${limits}${has('nullable') ? ', or null' : ''}`,
      unlessTold: given === undefined ? (has('optional') ? 'absent' : '') : plain(text(given.input[0])),
    }
  }

  function commentOf(node: ts.Node): string {
    const docs = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment
    if (typeof docs === 'string') return docs.replaceAll(/\s+/g, ' ')
    const [range] = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
    if (range === undefined) return ''
    return source.text
      .slice(range.pos, range.end)
      .replaceAll(/^\/\*\*?|\*\/$|^\s*\*/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  }
}

interface Call {
  readonly name: string
  readonly input: readonly ts.Expression[]
}

/** Numbers without separators, texts as JSON has them. */
function plain(text: string): string {
  return text
    .replaceAll(/(?<=\d)_(?=\d)/g, '')
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, ' ')
}
