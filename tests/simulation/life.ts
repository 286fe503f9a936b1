// Something that may die: what belongs to it does nothing afterwards.

export type Life = { alive: boolean }
