// How SST makes a function's code of sources. What comes of it is measured in tests/lambda, which bundles the same way.

export const bundling = {
  runtime: 'nodejs24.x',
  // Split, so that what is loaded later is no part of a cold start.
  nodejs: { minify: true, splitting: true }
} as const
