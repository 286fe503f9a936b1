// The name of this release, put in by the build.

declare const __RELEASE__: string

/** As the hello and the settings say it. */
export const release: string = __RELEASE__
