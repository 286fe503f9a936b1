// CloudFront Function on /ws/<region>: each region's socket API knows itself as /ws. Runs under cloudfront-js-2.0.

// The path pattern has already chosen the region's origin; changing the path does not change it.
// eslint-disable-next-line no-unused-vars -- CloudFront calls it by name.
function handler(event) {
  const request = event.request
  if (/^\/ws\/[a-z0-9-]+$/.test(request.uri)) request.uri = '/ws'
  return request
}
