// What happens in a second of chaos: to a device, to the relay, and to who may do what.
import { foldUpdates } from '../../sync-api/core/fold'
import type { Log } from '../../sync-api/core/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import type { DocumentId, PersonId } from '../../sync-api/protocol/ids'
import { mayWrite } from '../../sync-api/protocol/roles'
import type { Device } from './device'
import type { Scene, Wish } from './scene'
import type { World } from './world'

/** Somebody types, if they believe that they may; now and then also if not. */
export function write({ world, devices }: Scene): void {
  const { chance, oracle } = world
  const device = chance.pick(devices)
  const tabs = device.tabs()
  if (tabs.length === 0) return
  const { editors } = chance.pick(tabs)
  if (editors.length === 0) return
  const editor = chance.pick(editors)
  const role = oracle.role(editor.ref.document, device.person)
  const may = mayWrite(role, 'content')
  if (!may && !chance.happens(role === 'viewer' ? 0.05 : 0.3)) return
  const keys = chance.pick([1, 1, 1, 5])
  for (let key = 0; key < keys; key++) editor.edit()
}

/** What may happen to a device in a second. */
export function misfortune({ world, documents }: Scene, device: Device): void {
  const { chance, faults, troubles } = world
  if (chance.happens(faults.partition)) device.goOffline(chance.below(20_000))
  if (chance.happens(faults.fullDisk)) {
    world.tell(`${device.name}: the disk is full`)
    troubles.fill(device.name, chance.below(8_000))
  }
  if (chance.happens(faults.crawlingDisk)) {
    world.tell(`${device.name}: the disk crawls`)
    troubles.slowDown(device.name, chance.below(8_000))
  }
  if (chance.happens(faults.clockJump)) device.clock.jump()
  if (chance.happens(faults.hides)) device.show(chance.happens(0.5))
  if (chance.happens(faults.eviction)) return device.evict(chance.below(8_000))
  if (chance.happens(faults.deviceCrash)) return device.crash(chance.below(8_000))
  const tabs = device.tabs()
  if (tabs.length > 0 && chance.happens(faults.tabCrash)) device.crashTab(chance.pick(tabs))
  if (device.tabs().length === 0 || (tabs.length < 3 && chance.happens(faults.tabOpens))) {
    device.openTab()
  }
  if (chance.happens(faults.worker)) {
    const document = chance.pick(documents)
    if (device.documents.includes(document)) device.wakeWorker(document)
  }
}

/** What may happen to the relay in a second. */
export function relayTrouble({ world, durable, host, documents }: Scene): void {
  const { chance, faults, damaged, time, oracle } = world
  if (chance.happens(faults.relayCrash / 2)) host.crash()
  if (chance.happens(faults.clockJump)) host.clock.jump()
  if (chance.happens(faults.fold)) fold(world, host.log(), chance.pick(documents))
  if (chance.happens(faults.damage)) {
    const document = chance.pick(documents)
    world.tell('relay: a document is damaged')
    damaged.add(document)
    time.after(chance.below(8_000), () => damaged.delete(document))
  }
  if (!chance.happens(faults.restore)) return
  if (oracle.counts.restores === 0 && chance.happens(0.5)) host.restore()
  else durable.backUp()
}

/** What may happen to everybody's rights in a second. */
export function governance({ world, wishes }: Scene): void {
  const { chance, faults } = world
  if (wishes.size === 0 || !chance.happens(faults.roles * 4)) return
  const [key, wish] = chance.pick([...wishes])
  const role = chance.pick(['viewer', 'editor', null] as const)
  wishes.set(key, { ...wish, role })
}

/** The owner gives everybody the role they shall have, as far as it is not theirs already. */
export function reconcile(scene: Scene): void {
  for (const wish of scene.wishes.values()) grantOrWithdraw(scene, wish)
}

function grantOrWithdraw({ world, host, owner }: Scene, wish: Wish): void {
  const { device, document, role } = wish
  const has = world.oracle.role(document, device.person)
  if (has !== null && !device.documents.includes(document)) device.add(document, null)
  // A document that the relay does not know yet cannot be shared.
  if (has === role || world.oracle.role(document, owner.person) === null) return
  const { sharing } = host.relay() ?? {}
  if (sharing === undefined) return
  world.tell(`${device.name} shall be ${role ?? 'nobody'}`)
  // A relay that dies meanwhile never answers; whether it was done shows in the rights.
  const told =
    role === null
      ? sharing.withdraw(owner.person, document, device.person)
      : sharing.grant(owner.person, document, device.person, role, 'Somebody')
  told.catch((cause: unknown) => world.tell(`not granted: ${String(cause)}`))
}

function fold(world: World, log: Log | null, document: DocumentId): void {
  if (log === null) return
  foldAll(world, log, document).catch((cause: unknown) => {
    world.tell(`not folded: ${String(cause)}`)
  })
}

/** Folds all of a document's log as it is read; what comes meanwhile stays as it is. */
async function foldAll(world: World, log: Log, document: DocumentId): Promise<void> {
  const ref = { document, channel: 'content' } as const
  const updates: Uint8Array[] = [entryZero]
  let at: Uint8Array = new Uint8Array(0)
  for (let more = true; more;) {
    const page = await log.read(ref, at, Infinity)
    if (page === null) return
    if (page.checkpoint !== null) updates.push(page.checkpoint.update)
    updates.push(...page.entries.map((entry) => entry.update))
    at = page.to
    more = page.more
  }
  if (at.length === 0) return
  const update = foldUpdates(updates)
  if (world.plant === 'fold-takes-all') at = (await log.head(ref)).cursor
  const checkpoint = { authors: new Map<number, PersonId>(), firstAt: 0, lastAt: 0, update }
  const folded = await log.fold(ref, at, checkpoint)
  world.tell(folded ? `relay: folds ${updates.length - 1} updates` : 'relay: was folded already')
}
