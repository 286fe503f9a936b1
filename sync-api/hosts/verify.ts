// The command that looks through a data folder or a backup, or at a running deployment: `node dist/host/verify.js`.
import { existsSync } from 'node:fs'
import { inspectFolder } from '../adapters/node/inspection'
import { complain, runCommand, say } from './command'
import { verifyDeployment } from './verify/deployment'
import {
  bareHostOf,
  deploymentHelp,
  namesDeployment,
  readDeploymentOptions
} from './verify/options'

const help = `Looks through a data folder or a backup, also while the host runs. Changes nothing.

  node dist/host/verify.js [--data <folder>] [<folder>]

  <folder>   a data folder or a backup (./.meridian, or MERIDIAN_DATA)

Reads every row and loads every document. Ends with 1 when anything is damaged, and says on stderr, a line each, what
is wrong and what to do.

${deploymentHelp}`

/** An expected failure ends the process with its sentence alone. */
async function verifyFromOutside(args: readonly string[]): Promise<number> {
  // Whoever reads the lines (`| head`) has seen enough.
  process.stdout.on('error', () => process.exit(1))
  try {
    const options = readDeploymentOptions(args)
    if (options !== null) return await verifyDeployment(options, say)
    say(help)
    return 0
  } catch (failure) {
    complain(failure instanceof Error ? failure.message : String(failure))
    return 1
  }
}

const args = process.argv.slice(2)
const host = bareHostOf(args)
if (host !== undefined && !namesDeployment(args) && !existsSync(host)) {
  complain(
    `There is no folder ${host} here. A deployment is named by its whole address: https://${host}`
  )
  process.exitCode = 1
} else if (namesDeployment(args)) {
  process.exitCode = await verifyFromOutside(args)
} else {
  await runCommand(help, async ({ data, place }) => {
    const folder = place ?? data
    const found = await inspectFolder(folder, ({ kind, text }) => complain(`${kind}: ${text}`))
    const { documents, checkpoints, entries, damages, notes } = found
    say(
      `${folder}: ${documents} documents, ${checkpoints} checkpoints, ${entries} entries; ` +
        `${damages} damages, ${notes} notes`
    )
    return damages === 0 ? 0 : 1
  })
}
