// Puts a chosen theme on the page before it is drawn; a module would come after the first paint.
try {
  const theme = localStorage.getItem('meridian.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch (cause) {
  // A browser that blocks site data says so here; the system's theme stands.
  if (!(cause instanceof DOMException)) throw cause
}
