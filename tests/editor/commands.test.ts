// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest'
import { commands, type CommandName } from '../../app/editor/commands'
import { ariaShortcut, shortcutLabel } from '../../app/editor/shortcut'
import { clearDesks, writer, type Writer } from './test-bed'

afterEach(clearDesks)

const active = ({ editor }: Writer) =>
  (Object.keys(commands) as CommandName[]).filter((name) =>
    commands[name].active?.(editor.view.state)
  )

const enabled = ({ editor }: Writer, name: CommandName) => commands[name].enabled(editor.view.state)

describe('a command', () => {
  it.each([
    ['text', ['paragraph']],
    ['## text', ['heading-2']],
    ['- text', ['paragraph', 'bullet-list']],
    ['1. text', ['paragraph', 'ordered-list']],
    ['[ ] text', ['paragraph', 'task-list']],
    ['> text', ['paragraph', 'quote']],
    ['``` text', ['code-block']]
  ])('is active where it applies: %j has %j', (typed, names) => {
    expect(active(writer().type(typed)).toSorted()).toEqual([...names].toSorted())
  })

  it('knows the marks at the caret, also those for the next letter', () => {
    const ada = writer().type('a **b**').select('a b|')
    expect(active(ada)).toContain('bold')
    expect(active(ada.press('Mod-i'))).toContain('italic')
  })

  it('is not enabled where it makes no sense', () => {
    const code = writer().type('``` x')
    for (const name of ['bold', 'link', 'heading-1', 'rule'] as const) {
      expect([name, enabled(code, name)]).toEqual([name, name === 'heading-1'])
    }
    const fresh = writer()
    expect(enabled(fresh, 'undo')).toBe(false)
    expect(enabled(fresh.type('a'), 'undo')).toBe(true)
    expect(enabled(fresh, 'redo')).toBe(false)
  })

  it('changes a list from one kind to another with all its items and the caret', () => {
    const ada = writer().type('- a').press('Enter').type('b').press('Enter').type('c')
    ada.select('b|').editor.run('task-list')
    expect(ada.text()).toBe(
      'task_list(task_item(paragraph("a")), task_item(paragraph("b")), task_item(paragraph("c")))'
    )
    ada.type('!').editor.run('ordered-list')
    expect(ada.text()).toContain('list_item(paragraph("b!"))')
  })

  it('makes one list of several paragraphs and a heading', () => {
    const ada = writer().type('# a').press('Enter').type('b')
    const { view } = ada.editor
    ada.select('|b')
    const { tr, doc, selection } = view.state
    const all = selection.constructor as unknown as {
      create(node: typeof doc, anchor: number, head: number): typeof selection
    }
    view.dispatch(tr.setSelection(all.create(doc, 1, doc.content.size - 1)))
    ada.editor.run('bullet-list')
    expect(ada.text()).toBe('bullet_list(list_item(paragraph("a")), list_item(paragraph("b")))')
  })

  it('puts a rule at the caret with text below it', () => {
    const at = (words: string) => {
      const ada = writer().type('ab').select(words)
      ada.editor.run('rule')
      return ada.type('c').text()
    }
    expect(at('ab|')).toBe('paragraph("ab"), horizontal_rule, paragraph("c")')
    expect(at('a|b')).toBe('paragraph("a"), horizontal_rule, paragraph("cb")')
    expect(at('|ab')).toBe('horizontal_rule, paragraph("cab")')
  })

  it('does nothing for a viewer', () => {
    const ada = writer({ editable: false })
    expect(ada.editor.run('heading-1')).toBe(false)
    expect(ada.text()).toBe('paragraph')
    ada.editor.setEditable(true)
    expect(ada.editor.run('heading-1')).toBe(true)
  })

  it('has shortcuts that no other command has', () => {
    const keys = Object.values(commands).flatMap((command) => command.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('a shortcut', () => {
  it('reads as the system writes it', () => {
    expect(shortcutLabel('Mod-Shift-x', true)).toBe('⌘⇧X')
    expect(shortcutLabel('Mod-Shift-x', false)).toBe('Ctrl+Shift+X')
    expect(ariaShortcut('Mod-Alt-1', true)).toBe('Meta+Alt+1')
    expect(ariaShortcut('Mod-Alt-1', false)).toBe('Control+Alt+1')
  })
})

describe('the text field', () => {
  it('says what it is to assistive technology', () => {
    const { editor } = writer()
    const { dom } = editor.view
    expect(dom.getAttribute('role')).toBe('textbox')
    expect(dom.getAttribute('aria-multiline')).toBe('true')
    expect(dom.getAttribute('aria-label')).toBe('Document')
    expect(dom.getAttribute('aria-readonly')).toBe('false')
    editor.setEditable(false)
    expect(dom.getAttribute('aria-readonly')).toBe('true')
    expect(dom.getAttribute('contenteditable')).toBe('false')
  })

  it('shows words while nothing is written', () => {
    const ada = writer()
    const empty = () => ada.editor.view.dom.querySelectorAll('.is-empty').length
    expect(empty()).toBe(1)
    ada.type('a')
    expect(empty()).toBe(0)
  })

  it('has boxes that check a task for an editor and not for a viewer', () => {
    const ada = writer().type('[ ] a')
    const box = () => ada.editor.view.dom.querySelector<HTMLInputElement>('input[type=checkbox]')
    box()?.click()
    expect(ada.body.toString()).toContain('checked="true"')
    ada.editor.setEditable(false)
    expect(box()?.disabled).toBe(true)
    box()?.click()
    expect(ada.body.toString()).toContain('checked="true"')
    ada.editor.setEditable(true)
    expect(box()?.disabled).toBe(false)
  })

  it('tells watchers of every change until they stop', () => {
    const ada = writer()
    const seen: string[] = []
    const unwatch = ada.editor.watch((state) => seen.push(state.doc.textContent))
    ada.type('a')
    unwatch()
    ada.type('b')
    expect(seen.at(-1)).toBe('a')
  })
})
