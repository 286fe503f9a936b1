// Where a resource is made: a stage in one region, with the provider that makes it there.
import type { Region } from './regions'
import type { Stage } from './stages'

export type Place = {
  readonly stage: Stage
  readonly region: Region
  /** Given to every resource: without it, it would be made in the home region. */
  readonly options: { readonly provider: aws.Provider }
}

/** One provider a region; all of them in one app with one state. */
export function makePlaces(stage: Stage): ReadonlyMap<Region, Place> {
  return new Map(
    stage.regions.map((region) => {
      const tags = { tags: { 'sst:app': $app.name, 'sst:stage': $app.stage } }
      const provider = new aws.Provider(`aws-${region}`, { region, defaultTags: tags })
      return [region, { stage, region, options: { provider } }]
    })
  )
}
