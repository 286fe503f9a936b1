// Bugs put in on purpose: a fuzz that misses one proves nothing.
import { ySyncPluginKey } from 'y-prosemirror'
import type { Writer } from '../test-bed'

/** Each with the seeds within which it must be found. */
export const seedsPerPlant = {
  /** A view that throws while it shows what others wrote is left as it is. */
  'view-not-mended': 40
} as const

export type PlantName = keyof typeof seedsPerPlant

export const plantNames = Object.keys(seedsPerPlant) as PlantName[]

/** Puts the bug into a person's editor. */
export const plantIn = (plant: PlantName): ((who: Writer) => void) => plants[plant]

const plants: Readonly<Record<PlantName, (who: Writer) => void>> = {
  'view-not-mended'({ editor: { view } }) {
    const { dispatch } = view
    view.dispatch = (transaction) => {
      const shows: unknown = transaction.getMeta(ySyncPluginKey)?.isChangeOrigin
      try {
        dispatch(transaction)
      } catch (cause) {
        if (shows !== true) throw cause
      }
    }
  }
}
