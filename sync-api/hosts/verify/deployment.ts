// Looks at a running Meridian from outside, area by area, and sums up.
import { lookAtDurability } from './durability'
import { lookAtLatency } from './latency'
import { lookAtPatience } from './patience'
import type { Area, DeploymentOptions } from './options'
import { lookAtReach } from './reach'
import { lookAtRegions } from './regions'
import { createReport, Stopped } from './report'
import { lookAtRights } from './rights'
import { lookAtSizes } from './sizes'
import { lookAtTickets } from './tickets'
import { startVisit, type Visit } from './visit'
import { lookAtWire } from './wire'

const looks: Readonly<Record<Area, (visit: Visit) => Promise<void>>> = {
  reach: lookAtReach,
  tickets: lookAtTickets,
  wire: lookAtWire,
  rights: lookAtRights,
  sizes: lookAtSizes,
  durability: lookAtDurability,
  latency: lookAtLatency,
  regions: lookAtRegions,
  patience: lookAtPatience
}

/** Areas without which there is no point in looking at the others. */
const foundations: readonly Area[] = ['reach', 'tickets']

/** Of a line, characters. What an unknown server says stands in it: no more of it, and nothing that steers a terminal. */
const lineLengthMax = 500

/** Tells a line a check; answers the exit code: 0 when nothing failed. */
export async function verifyDeployment(
  options: DeploymentOptions,
  told: (line: string) => void
): Promise<number> {
  const write = (line: string): void => told(line.slice(0, lineLengthMax).replace(/\p{Cc}/gu, ' '))
  const report = createReport(write)
  const visit = startVisit(options, report)
  const startedAt = performance.now()
  write(`Looking at ${options.origin}`)
  for (const area of options.only) {
    report.area(area)
    const whole = await look(visit, area)
    visit.target.cutAll()
    if (whole) continue
    const stops = foundations.includes(area)
    const rest = stops
      ? `the rest of "${area}" and all after it stand`
      : `the rest of "${area}" stands`
    write(`        Not looked at: ${rest} on this.`)
    if (stops) break
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const { passed, failed } = report
  write('')
  write(await visit.leave())
  write(
    failed.length === 0
      ? `All ${passed} checks passed (${seconds} s).`
      : `${failed.length} of ${passed + failed.length} checks FAILED (${seconds} s):`
  )
  for (const sentence of failed) write(`  ${sentence}`)
  return failed.length === 0 ? 0 : 1
}

/** Whether the area was looked at to its end. */
async function look(visit: Visit, area: Area): Promise<boolean> {
  try {
    await looks[area](visit)
    return true
  } catch (failure) {
    if (!(failure instanceof Stopped)) {
      // Between two checks: a connection could not be opened, or a person not be let in.
      await visit.report.check(`"${area}" can be gone on with`, () =>
        Promise.reject(failure as Error)
      )
    }
    return false
  }
}
