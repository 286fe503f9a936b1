// The command that writes everything in open forms: `node dist/host/export.js`.
import { exportFolder } from '../adapters/node/export'
import { complain, placeOf, runCommand, say } from './command'

const help = `Writes every document in open forms, also while the host runs.

  node dist/host/export.js [--data <folder>] <target>

  --data <folder>   a data folder or a backup (./.meridian, or MERIDIAN_DATA)
  <target>          the new folder of the export; it must not exist

A folder a document: text.md (Markdown), state.yjs (a Yjs update, V1: everything, exactly) and rights.json. Beside
them the libraries, and people.json. Ends with 1 when damage kept something out of it.`

await runCommand(help, async (given) => {
  const target = placeOf(given, 'the folder of the export')
  let damaged = false
  const { documents, libraries } = await exportFolder(given.data, target, ({ kind, text }) => {
    damaged ||= kind === 'damage'
    complain(`${kind}: ${text}`)
  })
  say(`Exported ${documents} documents and the libraries of ${libraries} people to ${target}`)
  return damaged ? 1 : 0
})
