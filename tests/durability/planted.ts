// Builds of the host with a bug in it: what a test is worth that passes with them is nothing.
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildHost } from '../host-build'

/** Each a piece of the built host and what stands in its place. */
const plants = {
  'acknowledges before the commit': [
    /(async function commitAppends[^]*?)await (transact\()/,
    '$1void $2'
  ],
  'never flushes': [/noSubdir: true,/, 'noSubdir: true, noSync: true,']
} as const

export type Plant = keyof typeof plants
export const plantNames = Object.keys(plants) as Plant[]

/** Of this process alone: test files run beside each other. Whoever builds removes it. */
export const plantedFolder = join('dist', 'planted', String(process.pid))

/** Resolves with the folder of the build, for `startHost`. */
export async function buildPlanted(plant: Plant): Promise<string> {
  await buildHost()
  const folder = join(plantedFolder, plant.replaceAll(' ', '-'))
  await rm(folder, { recursive: true, force: true })
  await cp('dist/host', join(folder, 'host'), { recursive: true })
  const file = join(folder, 'host', 'embedded.js')
  const [piece, bug] = plants[plant]
  const sound = await readFile(file, 'utf8')
  const planted = sound.replace(piece, bug)
  if (planted === sound) throw new Error(`The built host has no place for what ${plant}`)
  await writeFile(file, planted)
  return folder
}
