// The title of the tab: what is shown, with a sign in front while something is not safe.

let title = 'Meridian'
let sign = ''

/** Names the tab after what it shows. */
export function titlePage(shown: string): void {
  title = shown
  write()
}

/** Puts a sign before the title, so that a tab in the background says it too; none when empty. */
export function signPage(next: string): void {
  sign = next
  write()
}

function write(): void {
  document.title = sign === '' ? title : `${sign} ${title}`
}
