// Which list every insertion of an update goes into, and whether its kind belongs there.
import type { Channel } from '../protocol/roles'
import { rootsOf } from '../protocol/roots'
import {
  addRun,
  addType,
  endOf,
  listAt,
  listOfRoot,
  listOfType,
  listUnder,
  nowhere,
  type Known
} from './known'
import { BadUpdate } from './update-faults'
import { contentKinds, none, typeKinds, type Struct } from './update-scan'

const { gone, deleted, text, format, type, any } = contentKinds
const { array, map, element, fragment, xmlText } = typeKinds

/** What the children of each kind of type may be, in order and under keys. */
const allowed = new Map<number, { readonly inOrder: number[]; readonly underKeys: number[] }>([
  [array, { inOrder: [any], underKeys: [] }],
  [map, { inOrder: [], underKeys: [any, type] }],
  [typeKinds.text, { inOrder: [text, format], underKeys: [] }],
  [element, { inOrder: [type], underKeys: [any] }],
  [fragment, { inOrder: [type], underKeys: [] }],
  [xmlText, { inOrder: [text, format], underKeys: [] }]
])

/** Which types may stand in which: nodes and texts in what people write, maps in maps. */
const allowedTypes = new Map<number, readonly number[]>([
  [map, [map]],
  [element, [element, xmlText]],
  [fragment, [element, xmlText]]
])

/**
 * Adds an insertion, whose dependencies are known, to what is known. Throws BadUpdate when it is where it
 * cannot be.
 */
export function place(known: Known, channel: Channel, client: number, struct: Struct): void {
  const end = endOf(known, client)
  const list = struct.kind === gone ? nowhere : listOf(known, channel, struct)
  // Known in part: its beginning is there already, so the rest is there too.
  if (struct.clock < end) refuseCrossing(list, listAt(known, client, end - 1))
  refuseMisplaced(known, list, struct)
  if (struct.kind === type && list !== nowhere) {
    addType(known, client, struct.clock, struct.typeKind)
  }
  addRun(known, client, struct.clock + struct.length, list)
}

/** Adds an insertion that the log has, wherever it says that it is. */
export function placeStored(known: Known, channel: Channel, client: number, struct: Struct): void {
  const mark = known.lists.length
  try {
    place(known, channel, client, struct)
  } catch (cause) {
    if (!(cause instanceof BadUpdate)) throw cause
    // Taken before updates were checked. What builds on it is not looked at either.
    if (known.lists.length > mark) known.added = []
    addRun(known, client, struct.clock + struct.length, nowhere)
  }
}

function listOf(known: Known, channel: Channel, struct: Struct): number {
  const { leftClient, leftClock, rightClient, rightClock, root, key } = struct
  if (leftClient !== none || rightClient !== none) {
    const left = leftClient === none ? none : listAt(known, leftClient, leftClock)
    const right = rightClient === none ? left : listAt(known, rightClient, rightClock)
    if (left !== none) refuseCrossing(left, right)
    return left === nowhere ? nowhere : right
  }
  const parent =
    root === null
      ? listOfType(known, struct.parentClient, struct.parentClock)
      : rootList(known, channel, root)
  return key === null ? parent : listUnder(known, parent, key)
}

function rootList(known: Known, channel: Channel, root: string): number {
  const kind = rootsOf[channel].get(root)
  if (kind === undefined) throw new BadUpdate('root-not-allowed')
  return listOfRoot(known, root, typeKinds[kind])
}

/** What goes nowhere may lie beside anything: one replica has tidied it away, another not yet. */
function refuseCrossing(one: number, other: number): void {
  if (one !== other && one !== nowhere && other !== nowhere) throw new BadUpdate('list-crossed')
}

function refuseMisplaced(known: Known, list: number, { kind, length, typeKind }: Struct): void {
  if (list === nowhere || kind === deleted || kind === gone) return
  const { kind: parent, keyed } = known.lists[list]!
  const children = allowed.get(parent)
  const kinds = keyed ? children?.underKeys : children?.inOrder
  const fits = kinds?.includes(kind) === true && (!keyed || length === 1)
  const typeFits = kind !== type || allowedTypes.get(parent)?.includes(typeKind) === true
  if (!fits || !typeFits) throw new BadUpdate('content-misplaced')
}
