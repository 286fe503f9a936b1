// The command that makes a data folder of a backup: `node dist/host/restore.js`.
import { restoreBackup } from '../adapters/node/restore'
import { complain, placeOf, runCommand, say } from './command'

const help = `Makes a data folder of a backup.

  node dist/host/restore.js [--data <folder>] [--accept-damage] <backup>

  --data <folder>   the new data folder, empty or not there (./.meridian, or MERIDIAN_DATA)
  --accept-damage   restore a damaged backup too, when there is no better one
  <backup>          a folder that backup.js made

The backup is looked through first. Rights are those of the time of the backup: links withdrawn and devices
removed since then work again until that is done once more.`

await runCommand(help, async (given) => {
  const backup = placeOf(given, 'the backup')
  const { acceptDamage, data } = given
  const tell = ({ text }: { readonly text: string }): void => complain(text)
  const { documents, entries } = await restoreBackup(backup, data, { acceptDamage, tell })
  say(`Restored ${documents} documents with ${entries} entries to ${data}`)
  return 0
})
