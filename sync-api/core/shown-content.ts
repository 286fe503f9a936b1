// The content of a Y.Doc as text, without knowing the kinds of its roots: for comparing two of them.
import * as Y from 'yjs'

/** What stands in the document, in order: equal for two documents exactly if people see the same. */
export function shownContent(doc: Y.Doc): string {
  const roots = [...doc.share.keys()].sort()
  return JSON.stringify(roots.map((name) => [name, contentOf(doc.share.get(name)!)]))
}

type AnyType = NonNullable<ReturnType<Y.Doc['share']['get']>>
type Shown = string | number | boolean | null | undefined | object

function contentOf(type: AnyType): Shown {
  const list: Shown[] = []
  for (let item = type._start; item !== null; item = item.right) {
    if (!item.deleted) append(list, item.content)
  }
  const keys = [...type._map.keys()].sort()
  const entries: Shown[] = []
  for (const key of keys) {
    const item = type._map.get(key)!
    if (item.deleted) continue
    const value: Shown[] = []
    append(value, item.content)
    entries.push([key, value])
  }
  return [list, entries]
}

function append(list: Shown[], content: Y.Item['content']): void {
  if (content instanceof Y.ContentType) {
    const { type } = content
    // A node's name is content too: a heading is not a paragraph.
    const name = type instanceof Y.XmlElement ? type.nodeName : type.constructor.name
    list.push([name, contentOf(type)])
    return
  }
  if (content instanceof Y.ContentFormat) {
    list.push({ format: content.key, value: content.value })
    return
  }
  // Text in one piece or in several is the same text.
  const last = list.length - 1
  if (content instanceof Y.ContentString && typeof list[last] === 'string') {
    list[last] = `${list[last]}${content.str}`
    return
  }
  if (content instanceof Y.ContentString) list.push(content.str)
  else list.push(content.getContent().map((value: Shown) => [value]))
}
