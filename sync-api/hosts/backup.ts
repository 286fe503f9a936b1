// The command that backs a data folder up: `node dist/host/backup.js`. The host may run meanwhile.
import { takeBackup } from '../adapters/node/backup'
import { placeOf, runCommand, say } from './command'

const help = `Copies a data folder, also while the host runs.

  node dist/host/backup.js [--data <folder>] <target>

  --data <folder>   where documents are kept (./.meridian, or MERIDIAN_DATA)
  <target>          the new folder of the backup; it must not exist

The copy has everything: documents, rights, recovery keys, the ticket key and the made certificate. Whoever
has it can read every document, so keep it as you keep the data folder. Look through it with verify.js.`

await runCommand(help, async (given) => {
  const target = placeOf(given, 'the folder of the backup')
  const { bytes } = await takeBackup(given.data, target)
  say(`Backed up ${given.data} to ${target} (${bytes} bytes)`)
  return 0
})
