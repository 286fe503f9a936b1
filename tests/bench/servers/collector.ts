// Loaded before every server (--import): collects garbage when asked, so that memory is compared settled.

process.on('SIGUSR2', () => {
  globalThis.gc?.()
  globalThis.gc?.()
})
