// The regions Meridian is active in: one list. Adding one is adding a line here (docs/deploy.md says what follows).

/** Every region of production and staging, the home region first. */
export const allRegions = ['us-east-1', 'eu-west-1', 'ap-southeast-1'] as const

export type Region = (typeof allRegions)[number]

/** Holds the global table's first replica; CloudFront's certificate and WAF can only be here. */
export const homeRegion: Region = 'us-east-1'

/** The region in names that allow letters and digits only. */
export function regionTag(region: Region): string {
  return region.replaceAll('-', '')
}
