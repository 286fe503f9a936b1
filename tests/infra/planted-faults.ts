// All faults that tests plant: at least one for each check.
import { dataFaults, functionFaults } from './function-faults'
import type { Fault } from './planting'
import { surroundingFaults } from './surrounding-faults'
import { busFaults, wayFaults } from './way-faults'

export const faults: readonly Fault[] = [
  ...functionFaults,
  ...dataFaults,
  ...busFaults,
  ...wayFaults,
  ...surroundingFaults
]
