// A month in which people are away: the network is gone for one of them, the others look in now and then.
import type { Device } from './device'
import type { Scene } from './scene'
import { reconcile, write } from './happenings'

const dayMs = 24 * 60 * 60_000

/** Days on which somebody is there; on the others everything is switched off. */
const daysAwake = [1, 2, 9, 30]

/** How long people stay on such a day, ms. */
const stayMs = 6_000

/** One device has no network all the time and writes at both ends; the others meet without it. */
export async function spendAMonth(scene: Scene): Promise<void> {
  const { world, devices, network } = scene
  const { time, chance } = world
  const away = chance.pick(devices)
  const from = time.now()
  world.tell(`${away.name}: goes where there is no network`)
  network.partition(away.name, 31 * dayMs)
  let last = from
  for (const day of daysAwake) {
    await stay(scene, devices)
    for (const device of devices)
      device.crash(from + day * dayMs - time.now() + chance.below(3_000))
    last = from + day * dayMs
    await time.run(last)
  }
  await stay(scene, devices)
  world.tell(`${away.name}: is back after ${Math.round((time.now() - from) / dayMs)} days`)
}

/** Everybody who is switched on writes for a while. */
async function stay(scene: Scene, devices: readonly Device[]): Promise<void> {
  const { time, chance, oracle } = scene.world
  const until = time.now() + stayMs
  const everySecond = (): void => {
    if (time.now() >= until) return
    reconcile(scene)
    time.after(1_000, everySecond)
  }
  everySecond()
  const typing = (): void => {
    if (time.now() >= until) return
    if (devices.some((device) => device.tabs().length > 0)) write(scene)
    time.after(50 + chance.below(400), typing)
  }
  typing()
  await time.run(until, () => {
    oracle.assertSound()
    return false
  })
}
