// Which documents the library shows, in which order and under which headings.
import type { LibraryItem } from './meridian'

export const sortings = ['edited', 'opened', 'title', 'created'] as const
export type Sorting = (typeof sortings)[number]

export const sortingWords: Record<Sorting, string> = {
  edited: 'Last edited',
  opened: 'Last opened',
  title: 'Title',
  created: 'Newest'
}

export type LibraryView = {
  readonly bin: boolean
  readonly filter: string
  readonly sorting: Sorting
}

export type LibraryGroup = { readonly label: string; readonly items: readonly LibraryItem[] }

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const dayMs = 24 * 60 * 60 * 1000

/** The title as it is shown: never empty. */
export function titleOf(item: Pick<LibraryItem, 'title'>): string {
  return item.title.trim() === '' ? 'Untitled' : item.title
}

/** The documents of a view, in its order. Every word of the filter must occur, accents aside. */
export function arrange(items: readonly LibraryItem[], view: LibraryView): readonly LibraryItem[] {
  const words = plain(view.filter).split(/\s+/)
  const order = view.bin ? byRemoval : orders[view.sorting]
  return items
    .filter((item) => (item.removedAt !== null) === view.bin)
    .filter((item) => words.every((word) => plain(titleOf(item)).includes(word)))
    .toSorted((one, other) => order(one, other) || compare(one.document, other.document))
}

/** The arranged documents under headings: what is pinned, then by time, or all in one by title. */
export function groupsOf(
  items: readonly LibraryItem[],
  view: LibraryView,
  now: number
): readonly LibraryGroup[] {
  const groups = new Map<string, LibraryItem[]>()
  const pinned = items.filter((item) => item.pinned && !view.bin)
  if (pinned.length > 0) groups.set('Pinned', pinned)
  for (const item of items) {
    if (item.pinned && !view.bin) continue
    const label = view.sorting === 'title' && !view.bin ? 'A to Z' : ageOf(timeOf(item, view), now)
    const group = groups.get(label)
    if (group === undefined) groups.set(label, [item])
    else group.push(item)
  }
  return [...groups].map(([label, members]) => ({ label, items: members }))
}

/** The time a row shows in a view, ms since 1970; null for a document never opened here. */
export function timeOf(item: LibraryItem, view: LibraryView): number | null {
  if (view.bin) return item.removedAt
  switch (view.sorting) {
    case 'opened':
      return item.openedAt
    case 'created':
      return item.createdAt
    case 'edited':
    case 'title':
      return item.editedAt
  }
}

type Order = (one: LibraryItem, other: LibraryItem) => number

const orders: Record<Sorting, Order> = {
  edited: (one, other) => other.editedAt - one.editedAt,
  opened: (one, other) => (other.openedAt ?? 0) - (one.openedAt ?? 0),
  title: (one, other) => collator.compare(titleOf(one), titleOf(other)),
  created: (one, other) => other.createdAt - one.createdAt
}

function byRemoval(one: LibraryItem, other: LibraryItem): number {
  return (other.removedAt ?? 0) - (one.removedAt ?? 0)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function ageOf(at: number | null, now: number): string {
  if (at === null) return 'Not opened yet'
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (at >= midnight) return 'Today'
  if (at >= midnight - dayMs) return 'Yesterday'
  if (at >= midnight - 6 * dayMs) return 'This week'
  if (at >= midnight - 30 * dayMs) return 'This month'
  const year = new Date(at).getFullYear()
  return year === new Date(now).getFullYear() ? 'This year' : String(year)
}

/** Lower case, without accents: how people type when they look for something. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
