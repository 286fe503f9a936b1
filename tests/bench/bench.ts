// The benchmark: plays the rows asked for, all servers side by side, and prints a table of each.
import { cpus } from 'node:os'
import { coldOpenRow } from './rows/cold-open'
import { idleRow } from './rows/idle'
import { killRow } from './rows/kill'
import type { Row } from './rows/row'
import { typingRows } from './rows/typing'
import { readSettings } from './settings'
import { openStage } from './stage'
import { tableOf } from './table'

const rows: readonly Row[] = [...typingRows, idleRow, coldOpenRow, killRow]
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name))
if (unknown.length > 0) {
  const names = rows.map((row) => row.name).join(', ')
  process.stderr.write(`No such row: ${unknown.join(', ')}. Rows: ${names}\n`)
  process.exit(1)
}

const from = performance.now()
const stage = openStage(readSettings(process.env))
process.stdout.write(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model}\n`)
for (const row of rows) {
  if (wanted.length > 0 && !wanted.includes(row.name)) continue
  process.stdout.write(tableOf(`${row.title} (\`${row.name}\`)`, await row.play(stage)))
}
stage.close()
process.stdout.write(`\nTook ${Math.round((performance.now() - from) / 1000)} s.\n`)
