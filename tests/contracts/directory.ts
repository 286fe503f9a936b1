// What every directory keeps to. Run on each adapter by directory.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Directory } from '../../sync-api/core/ports'

export type DirectoryPlace = {
  readonly directory: Directory
  /** Closes it and opens what it left; null where nothing is left. */
  readonly reopen: (() => Promise<Directory>) | null
  close(): Promise<void>
}

export function directoryContract(name: string, placeOf: () => Promise<DirectoryPlace>): void {
  describe(`a directory in ${name}`, () => {
    let place: DirectoryPlace
    let directory: Directory

    beforeEach(async () => {
      place = await placeOf()
      directory = place.directory
    })
    afterEach(() => place.close())

    it('knows nothing of a key that was never put', async () => {
      expect(await directory.get('code:unknown', 0)).toBeNull()
      expect(await directory.take('code:unknown', 0)).toBeNull()
    })

    it('gives the value that was put last', async () => {
      await directory.put('recovery:a', 'first', null)
      await directory.put('recovery:a', 'second', null)
      expect(await directory.get('recovery:a', 1e15)).toBe('second')
    })

    it('forgets a value from the moment it runs out', async () => {
      await directory.put('code:a', 'person', 1_000)
      expect(await directory.get('code:a', 999)).toBe('person')
      expect(await directory.get('code:a', 1_000)).toBeNull()
      expect(await directory.take('code:a', 1_000)).toBeNull()
    })

    it('gives a key to one of those who take it', async () => {
      await directory.put('code:a', 'person', 1_000)
      const takers = Array.from({ length: 5 }, () => directory.take('code:a', 1))
      const given = (await Promise.all(takers)).filter((value) => value !== null)
      expect(given).toEqual(['person'])
      expect(await directory.get('code:a', 1)).toBeNull()
    })

    it('gives a key that was put again after it was taken', async () => {
      await directory.put('code:a', 'first', null)
      await directory.take('code:a', 1)
      await directory.put('code:a', 'second', null)
      expect(await directory.take('code:a', 1)).toBe('second')
    })

    it('keeps a key that was put again to last longer', async () => {
      await directory.put('code:a', 'short', 1_000)
      await directory.put('code:a', 'long', 5e12)
      await directory.put('code:b', 'later', 4e12)
      expect(await directory.get('code:a', 2e12)).toBe('long')
    })

    it('has everything again after it was closed and opened', async ({ skip }) => {
      if (place.reopen === null) return skip('memory leaves nothing')
      await directory.put('recovery:a', 'person', null)
      await directory.put('code:a', 'person', 1_000)
      directory = await place.reopen()
      expect(await directory.get('recovery:a', 1e15)).toBe('person')
      expect(await directory.take('code:a', 999)).toBe('person')
    })
  })
}
