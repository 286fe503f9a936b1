// Devices whose disk is full or crawls for a while.
import type { Time } from './time'

export type Troubles = {
  fill(device: string, ms: number): void
  slowDown(device: string, ms: number): void
  isFull(device: string): boolean
  isCrawling(device: string): boolean
  end(): void
}

export function createTroubles(time: Time): Troubles {
  const full = new Map<string, number>()
  const crawling = new Map<string, number>()
  return {
    fill: (device, ms) => void full.set(device, time.now() + ms),
    slowDown: (device, ms) => void crawling.set(device, time.now() + ms),
    isFull: (device) => (full.get(device) ?? 0) > time.now(),
    isCrawling: (device) => (crawling.get(device) ?? 0) > time.now(),
    end() {
      full.clear()
      crawling.clear()
    }
  }
}
