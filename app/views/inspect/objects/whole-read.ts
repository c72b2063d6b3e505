/**
 * Reads all objects of a machine, and all their values, because a person asked for it, with 8 queries in flight. Whatever is opened meanwhile has its own two.
 * Tested by app/views/inspect/objects/whole-read.test.ts.
 */
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { mostObjects } from '#inside/objects/qom-tree.ts'
import type { QomTree } from '#inside/objects/qom-tree.ts'
import { readListGet, readProperties } from '#inside/objects/qom-object.ts'
import type { QomValue, QomValues } from '#inside/objects/qom-object.ts'
import { rootPath } from '#inside/objects/qom-path.ts'
import { eachOf } from './each-of.ts'
import { mayBeSecret } from './secret-property.ts'

/**
 * Queries that are handed to the worker at once. It has 8 of them in flight, as many as QEMU takes from a monitor; the others
 * are there when an answer comes, so that QEMU does not wait for the page. Fewer: it does. More: a command of a person waits
 * longer after them.
 */
const mostAtOnce = 16
/** Paths in one `qom-list-get`: a reply of 50 objects has some 50 KB. More make a reply that holds up others. */
const pathsAtOnce = 50

/** How far it is. */
export interface WholeProgress {
  readonly phase: 'structure' | 'values'
  /** Objects, or values, that were read. */
  readonly done: number
  /** Of those that are known so far. */
  readonly of: number
}

/** What it needs. */
export interface WholePorts {
  readonly ask: (name: string, args: JsonObject) => Promise<Result<Json, string>>
  /** Whether the server has `qom-list-get`. */
  readonly hasListGet: boolean
  readonly withValues: boolean
  readonly isCancelled: () => boolean
  readonly onprogress: (progress: WholeProgress) => void
}

/** What came of it. Values by path. */
export interface WholeRead {
  readonly values: ReadonlyMap<string, QomValues>
  /** Objects that could not be read. */
  readonly failed: number
  readonly isCancelled: boolean
}

/** Read the whole tree into `tree`. Never rejects, as long as `ask` does not. */
export async function readWhole(tree: QomTree, ports: WholePorts): Promise<WholeRead> {
  const values = new Map<string, Map<string, QomValue>>()
  let failed = 0
  let done = 0
  let level: readonly string[] = [rootPath]
  let known = 1
  const seen = new Set<string>(level)
  const list = async (path: string): Promise<void> => {
    const reply = await ports.ask('qom-list', { path })
    done += 1
    // It may be gone since its parent told of it.
    if (!reply.ok) failed += 1
    else tree.put(path, readProperties(reply.value))
    ports.onprogress({ phase: 'structure', done, of: known })
  }
  while (level.length > 0 && !ports.isCancelled()) {
    await eachOf(level, mostAtOnce, list, ports.isCancelled)
    const below: string[] = []
    for (const path of level) {
      for (const each of tree.childrenOf(path) ?? []) {
        if (seen.has(each.path) || seen.size >= mostObjects) continue
        seen.add(each.path)
        below.push(each.path)
      }
    }
    known += below.length
    level = below
  }
  if (ports.withValues && !ports.isCancelled()) await readValues(tree, [...seen], ports, values)
  return { values, failed, isCancelled: ports.isCancelled() }
}

/** A value to read. */
interface Wanted {
  readonly path: string
  readonly property: string
}

async function readValues(
  tree: QomTree,
  paths: readonly string[],
  ports: WholePorts,
  values: Map<string, Map<string, QomValue>>,
): Promise<void> {
  const read = paths.flatMap((path) => tree.get(path) ?? [])
  const wanted: Wanted[] = []
  const whole: string[] = []
  let of = 0
  for (const { path, type, properties } of read) {
    values.set(path, new Map())
    const open = properties.list.filter(
      ({ kind, name }) => kind !== 'child' && !mayBeSecret(path, type, name),
    )
    of += open.length
    // All values of an object come with one question, those that are to stay unread among them.
    const hasSecret = properties.list.some(({ name }) => mayBeSecret(path, type, name))
    if (ports.hasListGet && !hasSecret) whole.push(path)
    else wanted.push(...open.map(({ name }) => ({ path, property: name })))
  }
  let done = 0
  const tell = (more: number): void => {
    done += more
    ports.onprogress({ phase: 'values', done, of })
  }
  const groups = Array.from({ length: Math.ceil(whole.length / pathsAtOnce) }, (_, n) =>
    whole.slice(n * pathsAtOnce, (n + 1) * pathsAtOnce),
  )
  await eachOf(
    groups,
    mostAtOnce,
    async (group) => {
      const reply = await ports.ask('qom-list-get', { paths: group })
      const items = reply.ok && Array.isArray(reply.value) ? (reply.value as readonly Json[]) : undefined
      // An object that is gone fails all of a question: each is then asked about alone.
      if (items?.length !== group.length) {
        for (const path of group) wanted.push(...wantedOf(tree, path))
        return
      }
      for (const [index, path] of group.entries()) {
        const got = readListGet(items[index]).values
        values.set(path, new Map(got))
        tell(got.size)
      }
    },
    ports.isCancelled,
  )
  await eachOf(
    wanted,
    mostAtOnce,
    async ({ path, property }) => {
      const reply = await ports.ask('qom-get', { path, property })
      values
        .get(path)
        ?.set(
          property,
          reply.ok ? { kind: 'value', value: reply.value } : { kind: 'refused', why: reply.error },
        )
      tell(1)
    },
    ports.isCancelled,
  )
}

function wantedOf(tree: QomTree, path: string): readonly Wanted[] {
  const { type, properties } = tree.get(path) ?? { type: undefined, properties: { list: [] } }
  return properties.list
    .filter(({ kind, name }) => kind !== 'child' && !mayBeSecret(path, type, name))
    .map(({ name }) => ({ path, property: name }))
}
