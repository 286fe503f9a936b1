// What a world of several regions is made of.
import type { ChannelRef } from '../../../sync-api/protocol/ids'
import type { Entry } from '../../../sync-api/protocol/messages'
import type { Author } from './author'
import type { createRegion, Region } from './region'
import type { RegionWorld } from './region-world'

export type Acknowledged = { readonly region: Region; readonly entry: Entry }

export type RegionsScene = {
  readonly world: RegionWorld
  readonly regions: Map<string, ReturnType<typeof createRegion>>
  readonly authors: readonly Author[]
  /** Where each writes. */
  readonly homes: Map<Author, string>
  readonly ref: ChannelRef
  /** By name, with where each was acknowledged last. */
  readonly acked: Map<string, Acknowledged>
}
