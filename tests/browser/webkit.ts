// WebKit through its own WebDriver: one ephemeral session, spoken to over HTTP.
// Playwright needs a patched WebKit; WebKitGTK's driver takes a browser as Debian ships it.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'

export type WebKit = {
  goto(url: string): Promise<void>
  /** Runs a function body in the page; its `return` is the answer. */
  run<T>(body: string, ...values: unknown[]): Promise<T>
  /** Runs until it answers something truthy, and answers that; rejects with what the page shows. */
  until<T>(body: string, ...values: unknown[]): Promise<T>
  click(selector: string): Promise<void>
  type(text: string): Promise<void>
  openTab(): Promise<string>
  switchTo(tab: string): Promise<void>
  closeTab(): Promise<void>
  screenshot(): Promise<Buffer>
  stop(): Promise<void>
}

/** How long a page may take to do what is waited for, ms: as long as the other browsers get. */
const patienceMs = 30_000

const features = '+StorageAPI,+StorageAPIEstimate,+FileSystem,+EventTiming'

/** Starts the driver under Xvfb and opens a session. Throws when either is missing. */
export async function startWebKit(driver: string): Promise<WebKit> {
  const port = await freePort()
  const child = spawn('xvfb-run', ['-a', driver, '-p', String(port), '--host=127.0.0.1'], {
    stdio: 'ignore',
    detached: true
  })
  const base = `http://127.0.0.1:${port}`
  await listening(base, child)
  const session = await openSession(base)
  return webKitOf(`${base}/session/${session}`, child)
}

function webKitOf(session: string, child: ChildProcess): WebKit {
  const call = (method: string, path: string, body?: unknown) =>
    request(method, `${session}${path}`, body)
  const run = async <T>(body: string, ...args: unknown[]) =>
    (await call('POST', '/execute/sync', { script: body, args })) as T
  return {
    goto: async (url) => void (await call('POST', '/url', { url })),
    run,
    async until<T>(body: string, ...values: unknown[]) {
      const givenUpAt = Date.now() + patienceMs
      for (;;) {
        const answer = await run<T>(body, ...values)
        if (answer) return answer
        if (Date.now() > givenUpAt) {
          const shows = await run<string>(`return location.href + '\\n' + document.body.innerText`)
          throw new Error(`Not so: ${body} ${JSON.stringify(values)}\nThe page shows: ${shows}`)
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async click(selector) {
      const found = (await call('POST', '/element', {
        using: 'css selector',
        value: selector
      })) as Record<string, string>
      await call('POST', `/element/${Object.values(found)[0]}/click`, {})
    },
    async type(text) {
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value }
      ])
      await call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
    },
    async openTab() {
      const { handle } = (await call('POST', '/window/new', { type: 'tab' })) as { handle: string }
      return handle
    },
    switchTo: async (handle) => void (await call('POST', '/window', { handle })),
    closeTab: async () => void (await call('DELETE', '/window')),
    screenshot: async () => Buffer.from((await call('GET', '/screenshot')) as string, 'base64'),
    async stop() {
      await call('DELETE', '')
      // xvfb-run is a shell script: its children are in its process group.
      if (child.pid !== undefined) process.kill(-child.pid)
      await once(child, 'exit')
    }
  }
}

async function openSession(base: string): Promise<string> {
  const { sessionId } = (await request('POST', `${base}/session`, {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': {
          binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
          args: ['--automation', `--features=${features}`]
        }
      }
    }
  })) as { sessionId: string }
  return sessionId
}

async function request(method: string, url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const { value } = (await answer.json()) as { value: unknown }
  if (!answer.ok) throw new Error(`WebDriver ${method} ${url}: ${JSON.stringify(value)}`)
  return value
}

async function listening(base: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const up = await fetch(`${base}/status`).then(
      (answer) => answer.ok,
      // Refused until the driver listens: asking again is the only sign it gives.
      () => false
    )
    if (up) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`The WebKit driver ended with code ${child.exitCode}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
