// A stage as it was evaluated: its resources, and how tests ask for them.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './platform.mjs'

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** `inputs` is what was asked for, `outputs` what AWS would have answered. */
export type Resource = {
  readonly type: string
  readonly name: string
  readonly region: string
  readonly inputs: { [key: string]: Json }
  readonly outputs: { readonly [key: string]: Json }
}

export type Evaluated = {
  readonly app: { readonly [key: string]: Json }
  /** Handlers that were built. */
  readonly builds: readonly string[]
  readonly resources: Resource[]
}

const program = path.resolve(import.meta.dirname, 'evaluate.mjs')

/** What a deployer must set; nothing of it is secret here. */
const environment = {
  MERIDIAN_DOMAIN: 'docs.example.com',
  MERIDIAN_ZONE: 'Z0123456789ABCDEFGHIJ',
  SST_SECRET_TicketKey: JSON.stringify({
    kty: 'EC',
    crv: 'P-256',
    x: 'x'.repeat(43),
    y: 'y'.repeat(43),
    d: 'd'.repeat(43)
  }),
  SST_SECRET_NonceKey: 'n'.repeat(43),
  SST_SECRET_OriginSecret: 'o'.repeat(43),
  SST_SECRET_CachePassword: 'c'.repeat(43)
}

/** Evaluates in a process of its own. Throws with what it said. */
export async function evaluate(
  stage: string,
  command: 'deploy' | 'dev',
  more: Readonly<Record<string, string>> = {}
): Promise<Evaluated> {
  const folder = await mkdtemp(path.join(tmpdir(), 'meridian-evaluated-'))
  const file = path.join(folder, 'resources.json')
  try {
    await run([program, stage, command, file], { ...environment, ...more })
    return JSON.parse(await readFile(file, 'utf8')) as Evaluated
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What the compiler says of a project; '' when nothing. */
export async function typeErrors(project: string): Promise<string> {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, said } = await spawned([tsc, '--noEmit', '-p', project], {})
  return status === 0 ? '' : said
}

async function run(args: readonly string[], more: Readonly<Record<string, string>>): Promise<void> {
  const { status, said } = await spawned(args, more)
  if (status !== 0) throw new Error(said)
}

// Not synchronously: the test's own process must go on answering for as long as this takes.
async function spawned(
  args: readonly string[],
  more: Readonly<Record<string, string>>
): Promise<{ readonly status: number | null; readonly said: string }> {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...more } })
  let said = ''
  child.stdout.on('data', (data) => (said += String(data)))
  child.stderr.on('data', (data) => (said += String(data)))
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return { status, said: status === null ? `${said}Killed.` : said }
}

/** All resources of a type, of all regions or one. `aws:` may be left out. */
export function every({ resources }: Evaluated, type: string, region?: string): Resource[] {
  return resources.filter(
    (one) => one.type === `aws:${type}` && (region === undefined || one.region === region)
  )
}

/** What stands at a path of names and indexes; undefined when nothing does. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as { readonly [key: string]: Json })[step]
  }
  return found
}

/** The same as text; '' when there is none. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** The same as a list; empty when there is none. */
export function listAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): readonly Json[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? (found as readonly Json[]) : []
}

/** The same as text that holds JSON, read; undefined when there is none. */
export function jsonAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  const text = textAt(value, ...path)
  return text === '' ? undefined : (JSON.parse(text) as Json)
}
