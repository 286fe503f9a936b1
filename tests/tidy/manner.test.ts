// The habits of CONTRIBUTING.md that a machine can see: sizes, names, comments and forbidden words.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { codeFiles, projectRoot, textFiles } from './sources'
import { emptyCatches, longFunctions } from './syntax'

const linesPerFileMax = 300
const linesPerFunctionMax = 70

/** Files that may be longer, each with the reason. */
const longerFiles: Readonly<Record<string, string>> = {}

/** Names that say nothing about what a file holds. */
const emptyNames = /^(utils?|helpers?|common|misc|shared|managers?|services?|index|types|lib)$/

const code = codeFiles(projectRoot)
const texts = textFiles(projectRoot)

describe('files', () => {
  test(`are at most ${linesPerFileMax} lines long`, () => {
    const long = code.filter((file) => file.text.split('\n').length > linesPerFileMax + 1)
    expect(long.map((file) => file.path)).toEqual(Object.keys(longerFiles))
  })

  test('are named in kebab-case after what they hold', () => {
    const badly = code.filter(({ path: file }) => {
      const words = path.basename(file).replace(/^\./, '').split('.').slice(0, -1)
      return words.some((word) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(word) || emptyNames.test(word))
    })
    expect(badly.map((file) => file.path)).toEqual([])
  })

  test('begin with a line that says what they are for', () => {
    const silent = code.filter((file) => !/^(#!.*\n)?(\/\/ \S|\/\*\*? \S)/.test(file.text))
    expect(silent.map((file) => file.path)).toEqual([])
  })

  test('export nothing but what they hold: no barrels', () => {
    const barrels = code.filter(({ text }) => {
      const statements = text
        .split('\n')
        .filter((line) => /^(export|import|const|function)/.test(line))
      return statements.length > 0 && statements.every((line) => /^export .* from /.test(line))
    })
    expect(barrels.map((file) => file.path)).toEqual([])
  })
})

describe('functions', () => {
  test(`are at most ${linesPerFunctionMax} lines long`, () => {
    expect(code.flatMap((file) => longFunctions(file, linesPerFunctionMax))).toEqual([])
  })

  test('swallow no failure', () => {
    expect(code.flatMap(emptyCatches)).toEqual([])
  })

  test('that are too long or swallow a failure would be found', () => {
    const text = `function long() {${'\n'.repeat(80)}}\ntry { long() } catch { /* fine */ }\nrun().catch(() => {})`
    const planted = { path: 'planted.ts', text }
    expect(longFunctions(planted, linesPerFunctionMax)).toEqual(['planted.ts:1 long (81 lines)'])
    expect(emptyCatches(planted)).toEqual(['planted.ts:82', 'planted.ts:83'])
  })
})

describe('words', () => {
  test.each([
    ['promises of later work', ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X:']],
    ['tests that run alone or not at all', ['test', 'it', 'describe'].flatMap(aloneOrSkipped)],
    ['paths of one machine', ['work', 'home', 'root', 'Users'].map((folder) => `/${folder}/`)]
  ])('there are no %s', (_, forbidden) => {
    const found = texts.flatMap((file) =>
      forbidden.filter((word) => hasWord(file.text, word)).map((word) => `${file.path}: ${word}`)
    )
    expect(found).toEqual([])
  })

  test('the lockfile names no registry', () => {
    const lockfile = readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')
    expect(lockfile).not.toMatch(/"resolved": "http/)
  })
})

function aloneOrSkipped(name: string): string[] {
  return ['only', 'skip', 'todo'].map((suffix) => `${name}.${suffix}(`)
}

/** Whether `word` stands in `text` and is not the end of a longer word or path. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text[at + word.length] ?? ' '
    const whole = !/\w/.test(after) || !/\w$/.test(word)
    if (!/[\w.}/-]/.test(before) && whole) return true
  }
  return false
}
