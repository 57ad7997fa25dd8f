import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** One error that users may meet. */
export interface ErrorCode {
  readonly code: string
  readonly name: string
  readonly package: string
  /** The first sentence of the class, as its doc comment has it. */
  readonly when: string
  /** Text with `…` where facts stand. */
  readonly message: string
  readonly hint: string
}

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/

/** Reads every error class of source files: its code, doc comment, message and hint. */
export function readErrorCodes(
  files: readonly { readonly file: string; readonly package: string }[],
): ErrorCode[] {
  const found: ErrorCode[] = []
  for (const { file, package: owner } of files) {
    const source = ts.createSourceFile(
      path.basename(file),
      readFileSync(file, 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    )
    const visit = (node: ts.Node): void => {
      if (ts.isClassDeclaration(node) && isError(node)) {
        const error = readClass(node, owner, source)
        if (error !== undefined) found.push(error)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
}

function isError(node: ts.ClassDeclaration): boolean {
  return (node.heritageClauses ?? []).some((clause) =>
    clause.types.some(({ expression }) => expression.getText().endsWith('Error')),
  )
}

function readClass(node: ts.ClassDeclaration, owner: string, source: ts.SourceFile): ErrorCode | undefined {
  const call = firstSuper(node)
  if (call === undefined) return undefined
  const [first, ...rest] = call.arguments
  const options = rest.find(ts.isObjectLiteralExpression)
  const property = (name: string): ts.Expression | undefined =>
    options?.properties.filter(ts.isPropertyAssignment).find((one) => one.name.getText(source) === name)
      ?.initializer
  const texts = rest.filter(ts.isStringLiteralLike)
  const codeNode = property('code') ?? texts.find(({ text }) => CODE.test(text))
  const code = codeNode !== undefined && ts.isStringLiteralLike(codeNode) ? codeNode.text : undefined
  if (code === undefined || !CODE.test(code)) return undefined
  const hintNode = property('hint') ?? texts.find(({ text }) => !CODE.test(text))
  const docs = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment
  const when = typeof docs === 'string' ? docs : (docs ?? []).map((part) => part.text).join('')
  return {
    code,
    name: node.name?.text ?? '',
    package: owner,
    when: when.split(/\n\s*\n/)[0]?.replaceAll(/\s+/g, ' ') ?? '',
    message: first === undefined ? '' : textOf(first),
    hint: hintNode === undefined ? '' : textOf(hintNode),
  }
}

function firstSuper(node: ts.Node): ts.CallExpression | undefined {
  let found: ts.CallExpression | undefined
  const visit = (child: ts.Node): void => {
    if (found !== undefined) return
    if (ts.isCallExpression(child) && child.expression.kind === ts.SyntaxKind.SuperKeyword) found = child
    else ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

/** A text as far as the source has it; `…` stands for what is known at run time. */
function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  if (ts.isConditionalExpression(node)) return textOf(node.whenTrue)
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textOf(node.left) + textOf(node.right)
  return '…'
}
