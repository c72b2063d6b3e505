/** Recorded schemas that ship with the page, for use without a machine. Loaded only when asked for. */
import { parseJson } from '../../workers/base/json.ts'
import type { SchemaState } from './machine.svelte.ts'
import { buildSchema } from '../../workers/qapi/schema.ts'

/** A file of public/schemas. */
export interface Recorded {
  /** The file's name without `.json`; in the address. */
  readonly file: string
  readonly name: string
}

/** What ships. */
export const recordedSchemas: readonly Recorded[] = [
  { file: 'qemu-11.1-x86_64', name: 'QEMU 11.1 x86_64' },
  { file: 'qemu-10.0-x86_64', name: 'QEMU 10.0 x86_64' },
  { file: 'qemu-7.2-x86_64', name: 'QEMU 7.2 x86_64' },
  { file: 'qemu-5.2-x86_64', name: 'QEMU 5.2 x86_64' },
  { file: 'qemu-storage-daemon-7.2', name: 'Storage daemon 7.2' },
]

class RecordedStore {
  #states = $state.raw<Readonly<Record<string, SchemaState>>>({})

  /** The state of a file; `load` begins to load it. */
  stateOf(file: string): SchemaState {
    return this.#states[file] ?? { kind: 'none' }
  }

  /** Load a file unless it is there or on its way. A failure can be tried again. */
  async load(file: string): Promise<void> {
    const now = this.stateOf(file).kind
    if (now === 'loading' || now === 'ready') return
    this.#set(file, { kind: 'loading' })
    this.#set(file, await fetchSchema(file))
  }

  #set(file: string, state: SchemaState): void {
    this.#states = { ...this.#states, [file]: state }
  }
}

async function fetchSchema(file: string): Promise<SchemaState> {
  if (!recordedSchemas.some((each) => each.file === file)) {
    return { kind: 'failed', why: `There is no recorded schema named “${file}”.` }
  }
  let text: string
  try {
    const response = await fetch(`./schemas/${file}.json`, { signal: AbortSignal.timeout(30_000) })
    if (!response.ok) return { kind: 'failed', why: `schemas/${file}.json: HTTP ${response.status}` }
    text = await response.text()
  } catch (error) {
    return { kind: 'failed', why: `schemas/${file}.json could not be loaded: ${String(error)}` }
  }
  const parsed = parseJson(text)
  if (!parsed.ok) return { kind: 'failed', why: `schemas/${file}.json: ${parsed.error.message}` }
  const schema = buildSchema(parsed.value)
  return schema.ok
    ? { kind: 'ready', schema: schema.value, raw: parsed.value }
    : { kind: 'failed', why: schema.error }
}

export const recorded = new RecordedStore()
