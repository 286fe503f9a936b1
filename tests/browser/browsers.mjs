// Where this machine's browsers are. Plain JavaScript, since it runs before anything is built.
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'

/** @typedef {'chromium' | 'firefox' | 'webkit'} BrowserKind */

/**
 * What each kind is called: the variable that names it, commands on the PATH, usual places, the
 * commands it cannot do without, and Debian's packages.
 * @type {Readonly<Record<BrowserKind, {
 *   variable: string, commands: string[], places: string[], needs: string[], packages: string[]
 * }>>}
 */
export const browsers = {
  chromium: {
    variable: 'MERIDIAN_CHROMIUM',
    commands: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      'microsoft-edge'
    ],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:/Program Files/Google/Chrome/Application/chrome.exe'
    ],
    needs: [],
    packages: ['chromium']
  },
  firefox: {
    variable: 'MERIDIAN_FIREFOX',
    commands: ['firefox-esr', 'firefox'],
    places: [
      '/Applications/Firefox.app/Contents/MacOS/firefox',
      'C:/Program Files/Mozilla Firefox/firefox.exe'
    ],
    needs: [],
    packages: ['firefox-esr']
  },
  webkit: {
    variable: 'MERIDIAN_WEBKIT_DRIVER',
    commands: ['WebKitWebDriver'],
    places: [],
    // WebKitGTK has no headless mode.
    needs: ['xvfb-run'],
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth']
  }
}

/**
 * The program of a browser (of WebKit: of its driver), or null when this machine has none. Throws
 * when its variable names something that is not there.
 * @param {BrowserKind} kind
 * @returns {string | null}
 */
export function findBrowser(kind) {
  const { variable, commands, places, needs } = browsers[kind]
  if (needs.some((command) => findCommand(command) === null)) return null
  const named = process.env[variable]
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`${variable} names ${named}, which does not exist.`)
    return named
  }
  for (const command of commands) {
    const found = findCommand(command)
    if (found !== null) return found
  }
  return places.find((place) => existsSync(place)) ?? null
}

/**
 * Why a browser's tests are skipped, as a sentence that says how to have them.
 * @param {BrowserKind} kind
 */
export function whyMissing(kind) {
  const { variable, packages } = browsers[kind]
  return `No ${kind} here: install ${packages.join(', ')} or set ${variable}.`
}

/**
 * A command's path, as the shell would find it; null when there is none.
 * @param {string} command
 * @returns {string | null}
 */
export function findCommand(command) {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, command)
    if (isExecutable(file)) return file
  }
  return null
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
