// What CloudFront sends with the app's files; a test compares it with what `npm start` sends.

const nobody = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** Headers that CloudFront has no setting of its own for. */
export const otherHeaders: Readonly<Record<string, string>> = {
  'Permissions-Policy': nobody.map((name) => `${name}=()`).join(', '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin'
}

export function makeSecurityHeaders(): aws.cloudfront.ResponseHeadersPolicy {
  const override = true
  return new aws.cloudfront.ResponseHeadersPolicy('SecurityHeaders', {
    name: `${$app.name}-${$app.stage}`,
    securityHeadersConfig: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      contentTypeOptions: { override },
      frameOptions: { frameOption: 'DENY', override },
      referrerPolicy: { referrerPolicy: 'no-referrer', override },
      strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override }
    },
    customHeadersConfig: {
      items: Object.entries(otherHeaders).map(([header, value]) => ({ header, value, override }))
    }
  })
}
