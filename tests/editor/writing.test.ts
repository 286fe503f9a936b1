// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest'
import { clearDesks, writer } from './test-bed'

afterEach(clearDesks)

describe('while typing', () => {
  it.each([
    ['# Title', 'heading("Title")'],
    ['### Title', 'heading("Title")'],
    ['#### no', 'paragraph("#### no")'],
    ['- one', 'bullet_list(list_item(paragraph("one")))'],
    ['* one', 'bullet_list(list_item(paragraph("one")))'],
    ['1. one', 'ordered_list(list_item(paragraph("one")))'],
    ['7) one', 'ordered_list(list_item(paragraph("one")))'],
    ['[ ] do', 'task_list(task_item(paragraph("do")))'],
    ['[x] did', 'task_list(task_item(paragraph("did")))'],
    ['- [ ] do', 'task_list(task_item(paragraph("do")))'],
    ['> said', 'blockquote(paragraph("said"))'],
    ['```ts x', 'code_block("x")'],
    ['---after', 'horizontal_rule, paragraph("after")'],
    ['a **b** c', 'paragraph("a ", bold("b"), " c")'],
    ['a __b__ c', 'paragraph("a ", bold("b"), " c")'],
    ['a *b* c', 'paragraph("a ", italic("b"), " c")'],
    ['a _b c_ d', 'paragraph("a ", italic("b c"), " d")'],
    ['a `b` c', 'paragraph("a ", code("b"), " c")'],
    ['a ~~b~~ c', 'paragraph("a ", strike("b"), " c")'],
    ['**👩‍👩‍👧 b**', 'paragraph(bold("👩‍👩‍👧 b"))'],
    ['snake_case_name', 'paragraph("snake_case_name")'],
    ['2 * 3 * 4', 'paragraph("2 * 3 * 4")'],
    ['see https://example.org/a. ok', 'paragraph("see ", link("https://example.org/a"), ". ok")'],
    ['see https://example.org/a ok', 'paragraph("see ", link("https://example.org/a"), " ok")'],
    ['at www.example.org now', 'paragraph("at ", link("www.example.org"), " now")']
  ])('%j becomes %s', (typed, text) => {
    expect(writer().type(typed).text()).toBe(text)
  })

  it('goes to both ends of the document', () => {
    const ada = writer().type('- one').press('Enter').type('two')
    ada.press('Mod-Home').type('a').press('Mod-End').type('z')
    expect(ada.text()).toBe(
      'bullet_list(list_item(paragraph("aone")), list_item(paragraph("twoz")))'
    )
    ada.press('Shift-Mod-Home').type('all')
    expect(ada.text()).toBe('bullet_list(list_item(paragraph("all")))')
  })

  it('begins a code block with Enter after a fence, and nowhere else', () => {
    expect(writer().type('```ts').press('Enter').type('x').text()).toBe('code_block("x")')
    const ada = writer().type('say ```').press('Enter').type('x')
    expect(ada.text()).toBe('paragraph("say ```"), paragraph("x")')
  })

  it('makes no mark and no list in a code block', () => {
    const ada = writer().type('``` ').type('# a **b** - https://example.org ')
    expect(ada.text()).toBe('code_block("# a **b** - https://example.org ")')
  })

  it('makes no mark in inline code', () => {
    expect(writer().press('Mod-e').type('a **b**').text()).toBe('paragraph(code("a **b**"))')
  })

  it('takes a rule back with Backspace and with undo', () => {
    const ada = writer().type('- ')
    expect(ada.press('Backspace').text()).toBe('paragraph("- ")')
    const bo = writer().type('a **b**')
    expect(bo.press('Mod-z').text()).toBe('paragraph("a **b*")')
  })

  it('keeps what a list started with', () => {
    const ada = writer().type('7. a')
    expect(ada.body.toString()).toContain('start="7"')
  })
})

describe('keys', () => {
  it('Enter splits an item, leaves a list from an empty one, and makes an unchecked task', () => {
    const ada = writer().type('- a').press('Enter').type('b').press('Enter', 'Enter').type('c')
    expect(ada.text()).toBe(
      'bullet_list(list_item(paragraph("a")), list_item(paragraph("b"))), paragraph("c")'
    )
    const bo = writer().type('[x] a').press('Enter').type('b')
    expect(bo.body.toString()).toMatch(/checked="true".*checked="false"/)
  })

  it('Enter after a heading goes on with text', () => {
    expect(writer().type('# a').press('Enter').type('b').text()).toBe(
      'heading("a"), paragraph("b")'
    )
  })

  it('Tab sinks an item and Shift-Tab lifts it', () => {
    const ada = writer().type('- a').press('Enter').type('b').press('Tab')
    const sunk = 'bullet_list(list_item(paragraph("a"), bullet_list(list_item(paragraph("b")))))'
    expect(ada.text()).toBe(sunk)
    expect(ada.press('Shift-Tab').text()).toBe(
      'bullet_list(list_item(paragraph("a")), list_item(paragraph("b")))'
    )
  })

  it('Tab leaves the text after Escape, so that nobody is caught', () => {
    const ada = writer().type('- a').press('Enter').type('b')
    const before = ada.text()
    expect(ada.press('Escape', 'Tab').text()).toBe(before)
  })

  it('Tab and Shift-Tab indent code', () => {
    const ada = writer().type('``` ').press('Tab').type('a')
    expect(ada.text()).toBe('code_block("  a")')
    expect(ada.press('Shift-Tab').text()).toBe('code_block("a")')
  })

  it('Backspace at the start makes a heading text and lifts an item', () => {
    expect(writer().type('# a').select('|a').press('Backspace').text()).toBe('paragraph("a")')
    expect(writer().type('- a').select('|a').press('Backspace').text()).toBe('paragraph("a")')
    expect(writer().type('``` ').type('a').select('|a').press('Backspace').text()).toBe(
      'code_block("a")'
    )
  })

  it('Mod-Enter checks a task and leaves a code block', () => {
    const ada = writer().type('[ ] a').press('Mod-Enter')
    expect(ada.body.toString()).toContain('checked="true"')
    expect(writer().type('``` ').type('a').press('Mod-Enter').type('b').text()).toBe(
      'code_block("a"), paragraph("b")'
    )
  })

  it('Shift-Enter breaks the line within its block', () => {
    expect(writer().type('a').press('Shift-Enter').type('b').text()).toBe(
      'paragraph("a", hard_break, "b")'
    )
    expect(writer().type('``` ').type('a').press('Shift-Enter').type('b').text()).toBe(
      'code_block("a\\nb")'
    )
  })

  it.each([
    ['Mod-b', 'paragraph("a ", bold("word"), " b")'],
    ['Mod-i', 'paragraph("a ", italic("word"), " b")'],
    ['Mod-u', 'paragraph("a ", underline("word"), " b")'],
    ['Mod-Shift-x', 'paragraph("a ", strike("word"), " b")'],
    ['Mod-Shift-s', 'paragraph("a ", strike("word"), " b")'],
    ['Mod-e', 'paragraph("a ", code("word"), " b")'],
    ['Mod-Alt-2', 'heading("a word b")'],
    ['Mod-Shift-7', 'ordered_list(list_item(paragraph("a word b")))'],
    ['Mod-Shift-8', 'bullet_list(list_item(paragraph("a word b")))'],
    ['Mod-Shift-9', 'task_list(task_item(paragraph("a word b")))']
  ])('%s gives %s, and the same key takes it back', (key, text) => {
    const ada = writer().type('a word b').select('a |word| b').press(key)
    expect(ada.text()).toBe(text)
    const back = key === 'Mod-Alt-2' ? 'Mod-Alt-0' : key
    expect(ada.press(back).text()).toBe('paragraph("a word b")')
  })

  it('undo and redo walk through steps, with a change of blocks as one of its own', () => {
    const ada = writer().type('abc').press('Mod-Alt-1')
    expect(ada.press('Mod-z').text()).toBe('paragraph("abc")')
    expect(ada.press('Mod-z').text()).toBe('paragraph')
    expect(ada.press('Mod-y', 'Mod-Shift-z').text()).toBe('heading("abc")')
  })
})
