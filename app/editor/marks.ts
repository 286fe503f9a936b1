// The marks of a text. None excludes another: two people may give one word both at the same time.
import type { MarkSpec } from 'prosemirror-model'
import { safeHref } from './href'
import { keptMark } from './kept'

const link: MarkSpec = {
  attrs: { href: {} },
  inclusive: false,
  parseDOM: [
    {
      tag: 'a[href]',
      getAttrs: (element) => {
        const href = safeHref(element.getAttribute('href'))
        return href === null ? false : { href }
      }
    }
  ],
  // Checked here too: attributes come from the shared type, and so from other people's programs.
  toDOM: (mark) => {
    const href = safeHref(mark.attrs['href'])
    if (href === null) return ['span', { 'data-link-refused': '' }, 0]
    return ['a', { href, rel: 'noopener noreferrer nofollow', target: '_blank' }, 0]
  }
}

const bold: MarkSpec = {
  parseDOM: [
    { tag: 'strong' },
    // Google Docs wraps a whole clipboard in <b style="font-weight:normal">.
    { tag: 'b', getAttrs: (element) => element.style.fontWeight !== 'normal' && null },
    { style: 'font-weight=400', clearMark: (mark) => mark.type.name === 'bold' },
    {
      style: 'font-weight',
      getAttrs: (value) => /^(bold(er)?|[5-9]\d{2})$/.test(value) && null
    }
  ],
  toDOM: () => ['strong', 0]
}

const italic: MarkSpec = {
  parseDOM: [
    { tag: 'em' },
    { tag: 'i' },
    { style: 'font-style=italic' },
    { style: 'font-style=normal', clearMark: (mark) => mark.type.name === 'italic' }
  ],
  toDOM: () => ['em', 0]
}

const decoration = (line: string) => ({
  style: 'text-decoration',
  // Several lines may stand in one value, so this rule must not keep the next from being tried.
  consuming: false,
  getAttrs: (value: string) => value.split(/\s+/).includes(line) && null
})

const underline: MarkSpec = {
  parseDOM: [{ tag: 'u' }, decoration('underline')],
  toDOM: () => ['u', 0]
}

const strike: MarkSpec = {
  parseDOM: [{ tag: 's' }, { tag: 'del' }, { tag: 'strike' }, decoration('line-through')],
  toDOM: () => ['s', 0]
}

const code: MarkSpec = {
  code: true,
  parseDOM: [{ tag: 'code' }],
  toDOM: () => ['code', { spellcheck: 'false' }, 0]
}

/** From the outermost to the innermost element. Names are part of the stored format. */
export const marks = {
  link,
  bold,
  italic,
  underline,
  strike,
  code,
  kept: keptMark
} satisfies Record<string, MarkSpec>
