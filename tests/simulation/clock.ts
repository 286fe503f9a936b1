// A clock as a machine has it: a little wrong, and sometimes set anew.
import type { World } from './world'

export type Clock = {
  /** ms since 1970, as this machine believes. */
  now(): number
  /** Somebody, or the network, sets it: forward or back, by up to two hours. */
  jump(): void
  /** When it was last set, true ms. */
  jumpedAt(): number
}

const jumpMsMax = 7_200_000

export function createClock(world: World, whose: string): Clock {
  const { time, chance } = world
  const { skewMs } = world.faults
  let ahead = skewMs === 0 ? 0 : chance.below(2 * skewMs + 1) - skewMs
  let at = -Infinity
  return {
    now: () => time.now() + ahead,
    jump() {
      const by = chance.below(2 * jumpMsMax) - jumpMsMax
      ahead += by
      at = time.now()
      world.tell(`${whose}: the clock jumps by ${Math.round(by / 1000)} s`)
    },
    jumpedAt: () => at
  }
}
