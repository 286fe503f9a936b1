// Lists as Word puts them on the clipboard: paragraphs with a bullet in them, made lists again.

type WordItem = {
  readonly paragraph: HTMLElement
  readonly level: number
  readonly ordered: boolean
  readonly start: number
}

const listStyle = /mso-list:\s*l\d+\s+level(\d+)/i
const marker = '[style*="mso-list:Ignore" i]'
const numbering = /^\(?(\d+|[a-z]|[ivxlc]+)[.)]/i

/** Deepest list made, levels: Word has nine. */
const levelMax = 9

function readItem(element: Element | null): WordItem | null {
  if (!(element instanceof HTMLElement) || element.tagName !== 'P') return null
  const level = listStyle.exec(element.getAttribute('style') ?? '')?.[1]
  if (level === undefined) return null
  const number = numbering.exec(element.querySelector(marker)?.textContent.trim() ?? '')?.[1]
  return {
    paragraph: element,
    level: Math.min(Math.max(Number(level), 1), levelMax),
    ordered: number !== undefined,
    start: Number(number) || 1
  }
}

/** Replaces every run of Word's list paragraphs under `root` by nested lists. */
export function wordLists(root: ParentNode): void {
  for (const paragraph of root.querySelectorAll('p[style*="mso-list" i]')) {
    // In an item already: taken into the run of a paragraph before it.
    if (paragraph.parentElement?.tagName === 'LI') continue
    const run: WordItem[] = []
    for (let item = readItem(paragraph); item !== null;) {
      run.push(item)
      item = readItem(item.paragraph.nextElementSibling)
    }
    const place = document.createComment('list')
    paragraph.before(place)
    place.replaceWith(nestedLists(run))
  }
}

function nestedLists(run: readonly WordItem[]): DocumentFragment {
  const lists = document.createDocumentFragment()
  // The list that is being filled at each level, outermost first.
  const open: HTMLElement[] = []
  for (const item of run) {
    const depth = Math.min(item.level, open.length + 1)
    open.length = Math.min(open.length, depth)
    let list = open[depth - 1]
    if (list?.tagName !== tagOf(item)) {
      list = newList(item)
      const outer = open[depth - 2]?.lastElementChild ?? lists
      outer.append(list)
      open[depth - 1] = list
    }
    const entry = document.createElement('li')
    item.paragraph.querySelector(marker)?.remove()
    entry.append(item.paragraph)
    list.append(entry)
  }
  return lists
}

const tagOf = (item: WordItem) => (item.ordered ? 'OL' : 'UL')

function newList(item: WordItem): HTMLElement {
  const list = document.createElement(tagOf(item))
  if (item.ordered && item.start > 1) list.setAttribute('start', String(item.start))
  return list
}
