// Secrets of a stage, set with `npx sst secret set`; docs/deploy.md has the command that makes them.

export type Secrets = ReturnType<typeof makeSecrets>

export function makeSecrets() {
  return {
    /** Private P-256 JWK as JSON: signs tickets and receipts. */
    ticketKey: new sst.Secret('TicketKey').value,
    /** 32 bytes, base64url: nonces that devices sign. */
    nonceKey: new sst.Secret('NonceKey').value,
    /** What CloudFront proves itself with to its origins. */
    origin: new sst.Secret('OriginSecret').value,
    /** 16 to 128 characters that need no escape in a URL. */
    cache: new sst.Secret('CachePassword').value
  }
}
