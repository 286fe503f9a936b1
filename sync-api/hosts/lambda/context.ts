// What Lambda tells a handler beside its event, as far as it is used.
export type Context = { getRemainingTimeInMillis(): number }
