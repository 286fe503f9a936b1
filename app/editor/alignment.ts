// Finds the places of a document in another that somebody made of it: by the text around them.
import type { Node } from 'prosemirror-model'
import type { Range } from './unseen'

/** Where a place is now: in a text, or, where the text around it is gone, after some position. */
export type Placed = { readonly kind: 'in' | 'after'; readonly at: number }

type Difference = {
  readonly start: number
  readonly endBefore: number
  readonly endAfter: number
}

type Character = { readonly text: string; readonly at: number }

/** Stands for what is no text and is moved along with it: images, line breaks. */
const leaf = '\ufffc'

/**
 * Answers where positions of `before` are in `after`. Between the two, blocks may have been wrapped,
 * turned into others, joined, moved or deleted; `unseen` is what whoever did so had not seen.
 */
export function align(
  before: Node,
  unseen: readonly Range[],
  after: Node
): (position: number) => Placed {
  const { start, endBefore, endAfter } = difference(before, after)
  const isSeen = (at: number) => !unseen.some(({ from, to }) => at >= from && at < to)
  const old = charactersOf(before, start, endBefore).filter(({ at }) => isSeen(at))
  const now = charactersOf(after, start, endAfter)
  const same = sameEnds(old, now)

  /** The character of now that the old one at this index has become. */
  const become = (index: number): Character | undefined => {
    if (index < same.first) return now[index]
    const fromEnd = old.length - index
    return fromEnd <= same.last ? now[now.length - fromEnd] : undefined
  }

  return (position) => {
    const $position = before.resolve(position)
    const inText = $position.parent.isTextblock
    const index = old.filter(({ at }) => at < position).length
    const previous = old[index - 1]
    const next = old[index]
    if (inText && previous !== undefined && previous.at >= $position.start()) {
      const here = become(index - 1)
      if (here !== undefined) return { kind: 'in', at: here.at + 1 }
    }
    if (inText && next !== undefined && next.at < $position.end()) {
      const here = become(index)
      if (here !== undefined) return { kind: 'in', at: here.at }
    }
    const bounds = boundsOf(index)
    return (inText ? inEmptyBlock(after, bounds) : null) ?? { kind: 'after', at: bounds.from }
  }

  /** Between what is left of the text before and of the text behind. */
  function boundsOf(index: number): Range {
    let [from, to] = [start, endAfter]
    for (let at = 0; at < index; at++) from = endOf(become(at)) ?? from
    for (let at = old.length - 1; at >= index; at--) to = become(at)?.at ?? to
    return { from, to: Math.max(from, to) }
  }
}

const endOf = (character: Character | undefined) =>
  character === undefined ? undefined : character.at + 1

function inEmptyBlock(after: Node, { from, to }: Range): Placed | null {
  let found: number | null = null
  after.nodesBetween(from, to, (node, at) => {
    if (found === null && node.isTextblock && node.content.size === 0) found = at + 1
    return found === null
  })
  return found === null ? null : { kind: 'in', at: found }
}

/** Where two documents differ, in whole nodes: what nobody touched is not looked into. */
function difference(before: Node, after: Node, at = 0): Difference {
  const [olds, news] = [before.children, after.children]
  const length = Math.min(olds.length, news.length)
  let first = 0
  while (first < length && olds[first]!.eq(news[first]!)) first++
  let last = 0
  while (last < length - first && olds.at(-1 - last)!.eq(news.at(-1 - last)!)) last++
  const start = at + sizeOf(olds.slice(0, first))
  const [old, ...moreOld] = olds.slice(first, olds.length - last)
  const [now, ...moreNow] = news.slice(first, news.length - last)
  if (old !== undefined && now !== undefined && moreOld.length + moreNow.length === 0) {
    if (old.type === now.type && !old.inlineContent) return difference(old, now, start + 1)
  }
  const [endBefore, endAfter] = [
    [old, ...moreOld],
    [now, ...moreNow]
  ].map((nodes) => start + sizeOf(nodes.filter((node) => node !== undefined)))
  return { start, endBefore: endBefore!, endAfter: endAfter! }
}

function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((size, node) => size + node.nodeSize, 0)
}

function charactersOf(document: Node, from: number, to: number): Character[] {
  const characters: Character[] = []
  document.nodesBetween(from, to, (node, at) => {
    if (!node.isInline) return true
    const text = node.text ?? leaf
    for (let index = 0; index < text.length; index++) {
      const here = at + index
      if (here >= from && here < to) characters.push({ text: text[index]!, at: here })
    }
    return false
  })
  return characters
}

/** How many characters are the same from the beginning, and how many others from the end. */
function sameEnds(old: readonly Character[], now: readonly Character[]) {
  const length = Math.min(old.length, now.length)
  let first = 0
  while (first < length && old[first]!.text === now[first]!.text) first++
  // Two characters may have a half in common; what is put back must not come between the halves.
  if (/[\ud800-\udbff]/.test(old[first - 1]?.text ?? '')) first--
  let last = 0
  while (last < length - first && old.at(-1 - last)!.text === now.at(-1 - last)!.text) last++
  if (last > 0 && /[\udc00-\udfff]/.test(old.at(-last)?.text ?? '')) last--
  return { first, last }
}
