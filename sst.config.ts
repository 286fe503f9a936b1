// Meridian in three regions of AWS: `npx sst deploy --stage production`. docs/deploy.md says how; sync-api/infra holds the parts.
/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  // SST allows no import on top.
  async app(input) {
    const { homeRegion } = await import('./sync-api/infra/regions')
    const keep = input.stage === 'production'
    return {
      name: 'meridian',
      home: 'aws',
      removal: keep ? 'retain' : 'remove',
      protect: keep,
      providers: { aws: { region: homeRegion } }
    }
  },
  async run() {
    const { deployMeridian } = await import('./sync-api/infra/meridian')
    return deployMeridian()
  }
})
