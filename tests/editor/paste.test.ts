// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest'
import { clearDesks, writer } from './test-bed'

afterEach(clearDesks)

const pasted = (html: string) => writer().paste(html).text()

/** A list paragraph as Word 365 puts it on the clipboard. */
const word = (level: number, marker: string, text: string) => `
<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'>
<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span
lang=EN-US>${text}<o:p></o:p></span></p>`

describe('pasting from Word', () => {
  it('makes lists of its list paragraphs, nested by their levels', () => {
    const html = `<html><body><!--StartFragment-->
      <h1>Stores<o:p></o:p></h1>
      ${word(1, '·', 'Bread')}${word(2, 'o', 'rye')}${word(2, 'o', 'wheat')}${word(1, '·', 'Water')}
      <p class=MsoNormal>and <b>rope</b></p><!--EndFragment--></body></html>`
    expect(pasted(html)).toBe(
      'heading("Stores"), bullet_list(list_item(paragraph("Bread"), bullet_list(' +
        'list_item(paragraph("rye")), list_item(paragraph("wheat")))), ' +
        'list_item(paragraph("Water"))), paragraph("and ", bold("rope"))'
    )
  })

  it('tells numbers from bullets and keeps where they start', () => {
    const ada = writer().paste(
      word(1, '3.', 'three') + word(1, '4.', 'four') + word(2, 'a)', 'sub')
    )
    expect(ada.text()).toBe(
      'ordered_list(list_item(paragraph("three")), list_item(paragraph("four"), ' +
        'ordered_list(list_item(paragraph("sub")))))'
    )
    expect(ada.body.toString()).toContain('start="3"')
  })

  it('starts a list of its own where the kind changes, and survives a level that is skipped', () => {
    expect(pasted(word(1, '·', 'a') + word(1, '1.', 'b'))).toBe(
      'bullet_list(list_item(paragraph("a"))), ordered_list(list_item(paragraph("b")))'
    )
    expect(pasted(word(4, '·', 'deep') + word(2, '·', 'two'))).toBe(
      'bullet_list(list_item(paragraph("deep"), bullet_list(list_item(paragraph("two")))))'
    )
  })
})

describe('pasting from Google Docs', () => {
  const google = (html: string) =>
    `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1">${html}</b>`

  it('does not take its wrapper for bold', () => {
    const html = google(
      `<p dir="ltr" style="line-height:1.38"><span style="font-weight:400">plain </span>` +
        `<span style="font-weight:700">bold</span><span style="font-style:italic"> italic</span></p>`
    )
    expect(pasted(html)).toBe('paragraph("plain ", bold("bold"), italic(" italic"))')
  })

  it('reads lists, strikes and underlines, but no underline from a link', () => {
    const html = google(
      `<ul><li dir="ltr" aria-level="1"><p role="presentation"><span style="text-decoration:underline">a` +
        `</span></p></li></ul><p><span style="text-decoration:line-through">b</span>` +
        `<a href="https://example.org" style="text-decoration:none"><span style="text-decoration:underline">c</span></a></p>`
    )
    expect(pasted(html)).toBe(
      'bullet_list(list_item(paragraph(underline("a")))), paragraph(strike("b"), link("c"))'
    )
  })

  it('makes tasks of its checklists', () => {
    const ada = writer().paste(
      google(
        `<ul><li role="checkbox" aria-checked="true"><img src="data:,"><p>done</p></li>` +
          `<li role="checkbox" aria-checked="false"><img src="data:,"><p>open</p></li></ul>`
      )
    )
    expect(ada.text()).toBe('task_list(task_item(paragraph("done")), task_item(paragraph("open")))')
    expect(ada.body.toString()).toMatch(/checked="true".*checked="false"/)
  })
})

describe('pasting what means harm or breaks', () => {
  it.each([
    ['<a href="javascript:alert(1)">x</a>', 'paragraph("x")'],
    ['<script>alert(1)</script>x', 'paragraph("x")'],
    ['<style>p{}</style><title>t</title>x', 'paragraph("x")'],
    ['<img src=x onerror="alert(1)">x', 'paragraph("x")'],
    ['<p onclick="alert(1)" style="position:fixed">x</p>', 'paragraph("x")'],
    ['<iframe src="https://example.org"></iframe>x', 'paragraph("x")'],
    ['a\ud83d b', 'paragraph("a b")']
  ])('%j leaves %s', (html, text) => {
    expect(pasted(html)).toBe(text)
  })

  it('is a step of its own to undo', () => {
    const ada = writer().type('a ')
    const { view } = ada.editor
    view.someProp('handlePaste', (handle) =>
      handle(view, new Event('paste') as ClipboardEvent, view.state.selection.content())
    )
    ada.paste('<p>pasted</p>')
    expect(ada.text()).toBe('paragraph("a pasted")')
    expect(ada.press('Mod-z').text()).toBe('paragraph("a ")')
  })
})

describe('pasting an address', () => {
  const pasteText = (ada: ReturnType<typeof writer>, text: string) => {
    const event = new Event('paste') as unknown as { clipboardData: unknown }
    event.clipboardData = { getData: () => text }
    const { view } = ada.editor
    return view.someProp('handlePaste', (handle) =>
      handle(view, event as ClipboardEvent, view.state.selection.content())
    )
  }

  it('links the selected words', () => {
    const ada = writer().type('see the tables').select('see |the tables|')
    expect(pasteText(ada, 'https://example.org')).toBe(true)
    expect(ada.text()).toBe('paragraph("see ", link("the tables"))')
  })

  it('is written as a link where nothing is selected, and typing goes on outside it', () => {
    const ada = writer().type('a ')
    pasteText(ada, 'https://example.org')
    expect(ada.type(' b').text()).toBe('paragraph("a ", link("https://example.org"), " b")')
  })

  it('is left to the paste where it is no address to link', () => {
    expect(pasteText(writer(), 'javascript:alert(1)')).not.toBe(true)
    expect(pasteText(writer(), 'two words')).not.toBe(true)
  })
})
