// The command that looks through a data folder or a backup: `node dist/host/verify.js`.
import { inspectFolder } from '../adapters/node/inspection'
import { complain, runCommand, say } from './command'

const help = `Looks through a data folder or a backup, also while the host runs. Changes nothing.

  node dist/host/verify.js [--data <folder>] [<folder>]

  <folder>   a data folder or a backup (./.meridian, or MERIDIAN_DATA)

Reads every row and loads every document. Ends with 1 when anything is damaged, and says on stderr, a line each, what
is wrong and what to do.`

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
