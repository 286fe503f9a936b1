// The command: `node dist/host/embedded.js`. Reads options, runs a host, and ends it well or not at all.
import { announcement } from './announcement'
import { startHost, type Host } from './host'
import { help, readOptions, type Options } from './options'
import { openJournal, type Journal } from '../adapters/node/journal'

/** How long a stop may take, ms: past it, what is not acknowledged is left to be sent again. */
const stopTimeoutMs = 15_000

function read(): Options | null {
  try {
    return readOptions(process.argv.slice(2), process.env, process.stderr.isTTY)
  } catch (failure) {
    return endWith(failure)
  }
}

/** An expected failure ends the process with its sentence alone. */
function endWith(failure: unknown): never {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`)
  process.exit(1)
}

function stopOnSignals(host: Host, journal: Journal): void {
  let stopping = false
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Who asks twice does not want to wait.
    if (stopping) process.exit(1)
    stopping = true
    journal.info({ signal }, 'stopping')
    setTimeout(() => {
      journal.error('stopping took too long')
      process.exit(1)
    }, stopTimeoutMs).unref()
    await host.stop()
    journal.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal))
}

/** After a bug the state of the process is unknown: it ends, and whoever watches it starts it again. */
function endOnBugs(journal: Journal): void {
  const end = (failure: unknown): void => {
    journal.fatal({ err: failure }, 'uncaught')
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

const options = read()
if (options === null) {
  process.stdout.write(help)
} else {
  const journal = openJournal(options.log)
  endOnBugs(journal)
  const host = await startHost(options, journal).catch(endWith)
  stopOnSignals(host, journal)
  process.stdout.write(`${announcement(options, host.listening).join('\n')}\n`)
}
