// What may go wrong in a second: links, caches, people, and once a whole region.
import { forge } from './forger'
import { createRegion, updateRows } from './region'
import { publishTo, regionNames } from './make-scene'
import type { RegionsScene } from './scene'

/** What may happen in a second. */
export function misfortune(scene: RegionsScene): void {
  const { world, authors, regions, homes } = scene
  const { chance, troubles, counts } = world
  if (chance.happens(0.04)) {
    const region = chance.pick(regionNames)
    const ms = chance.below(30_000)
    world.tell(`${region} is isolated for ${ms} ms`)
    troubles.isolate(region, ms)
  }
  if (chance.happens(0.04)) regions.get(chance.pick(regionNames))?.flush()
  if (chance.happens(0.03)) regions.get(chance.pick(regionNames))?.cutCache(chance.below(10_000))
  if (chance.happens(0.06)) homes.set(chance.pick(authors), chance.pick(regionNames))
  if (chance.happens(0.1)) forge(scene, chance.pick(authors))
  if (counts.destroyed === 0 && chance.happens(0.015) && isShared(scene)) lose(scene)
}

/** Whether every region knows who may write: that a document was made may get lost with its region like all else. */
function isShared({ world, ref }: RegionsScene): boolean {
  const rights = { ...ref, channel: 'rights' } as const
  const rows = regionNames.map((name) => updateRows(world, name, rights).length)
  return new Set(rows).size === 1
}

/** A region is gone for good, now and then with a person who wrote there; it comes again as an empty one. */
function lose({ world, regions, authors, homes }: RegionsScene): void {
  const { chance, time, replicas } = world
  const name = chance.pick(regionNames)
  const others = regionNames.filter((one) => one !== name)
  regions.get(name)?.destroy()
  regions.delete(name)
  const victims = authors.filter((author) => homes.get(author) === name)
  const [victim] = victims
  // The owner stays: somebody has to.
  if (victim !== undefined && victim !== authors[0] && chance.happens(0.6)) {
    world.tell(`${victim.name} is gone with it`)
    victim.vanish()
  }
  for (const author of victims) homes.set(author, chance.pick(others))
  time.after(chance.below(20_000), () => {
    world.members = others
    world.tell(`${name} is no member any more`)
    if (chance.happens(0.5)) return
    time.after(chance.below(20_000), () => {
      world.tell(`${name} comes again`)
      // It counts before it is filled, and answers nobody until then.
      world.members = regionNames
      replicas.recreate(name)
      const again = createRegion(world, name, publishTo(world, regions))
      const open = (): void => {
        const filled = replicas.isFilled(name)
        if (filled) regions.set(name, again)
        else time.after(500, open)
      }
      open()
    })
  })
}
