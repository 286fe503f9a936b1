// What the tidy tests ask of a file's syntax, each question answered from TypeScript's tree.
import ts from 'typescript'
import type { SourceFile } from './sources'

/**
 * Functions with more than `linesMax` lines of their own, as `file:line name (lines)`. Functions
 * inside them are counted apart: one that makes an object is as long as what the object can do.
 */
export function longFunctions(file: SourceFile, linesMax: number): string[] {
  return nodesOf(file).flatMap((node) => {
    if (!ts.isFunctionLike(node) || isDescribed(node)) return []
    const lines = ownLines(node)
    if (lines <= linesMax) return []
    const name = node.name?.getText() ?? 'a function'
    return [`${file.path}:${lineOf(node, node.getStart())} ${name} (${lines} lines)`]
  })
}

/** Catch clauses that do nothing, as `file:line`. A comment is no action. */
export function emptyCatches(file: SourceFile): string[] {
  return nodesOf(file).flatMap((node) => {
    const empty = ts.isCatchClause(node) && node.block.statements.length === 0
    const swallowed = isCatchCall(node) && isEmptyFunction(node.arguments[0])
    return empty || swallowed ? [`${file.path}:${lineOf(node, node.getStart())}`] : []
  })
}

/** Titles of tests and their groups: the first argument of test, it, describe and their kin. */
export function testTitles(file: SourceFile): string[] {
  return nodesOf(file).flatMap((node) => {
    if (!ts.isCallExpression(node) || !/^(test|it|describe)\b/.test(node.expression.getText())) {
      return []
    }
    const title = node.arguments[0]
    return title !== undefined && isText(title) ? [title.getText().slice(1, -1)] : []
  })
}

function nodesOf(file: SourceFile): ts.Node[] {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true)
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return nodes
}

function ownLines(node: ts.Node): number {
  let inner = 0
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) inner += linesOf(child) - 1
    else ts.forEachChild(child, visit)
  }
  ts.forEachChild(node, visit)
  return linesOf(node) - inner
}

function linesOf(node: ts.Node): number {
  return lineOf(node, node.end) - lineOf(node, node.getStart()) + 1
}

/** The body of a describe is a chapter, not a function. */
function isDescribed(node: ts.Node): boolean {
  const call = node.parent
  return ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText())
}

function isCatchCall(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'catch'
  )
}

function isEmptyFunction(node: ts.Node | undefined): boolean {
  const isFunction =
    node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
  return isFunction && ts.isBlock(node.body) && node.body.statements.length === 0
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
}

function lineOf(node: ts.Node, position: number): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(position).line + 1
}
