/** The command that takes another back, with the actual arguments. One table. */
import type { JsonObject } from '#base/json/value.ts'

/** A command to offer after another. */
export interface Inverse {
  readonly name: string
  readonly arguments: JsonObject | undefined
}

const byName: Readonly<Record<string, readonly [name: string, members: Readonly<Record<string, string>>]>> = {
  stop: ['cont', {}],
  cont: ['stop', {}],
  'blockdev-add': ['blockdev-del', { 'node-name': 'node-name' }],
  'object-add': ['object-del', { id: 'id' }],
  device_add: ['device_del', { id: 'id' }],
  netdev_add: ['netdev_del', { id: 'id' }],
  'chardev-add': ['chardev-remove', { id: 'id' }],
  'block-dirty-bitmap-add': ['block-dirty-bitmap-remove', { node: 'node', name: 'name' }],
  'block-export-add': ['block-export-del', { id: 'id' }],
  'job-pause': ['job-resume', { id: 'id' }],
  'job-resume': ['job-pause', { id: 'id' }],
  'block-job-pause': ['block-job-resume', { device: 'device' }],
  'block-job-resume': ['block-job-pause', { device: 'device' }],
  'guest-fsfreeze-freeze': ['guest-fsfreeze-thaw', {}],
}

/** What takes `name` with these arguments back; undefined where nothing does, or an argument that it needs is missing. */
export function inverseOf(name: string, args: JsonObject | undefined): Inverse | undefined {
  const entry = Object.hasOwn(byName, name) ? byName[name] : undefined
  if (entry === undefined) return undefined
  const [inverse, members] = entry
  const wanted = Object.entries(members)
  const found = wanted.flatMap(([to, from]) => {
    const value = args !== undefined && Object.hasOwn(args, from) ? args[from] : undefined
    return value === undefined ? [] : [[to, value] as const]
  })
  if (found.length !== wanted.length) return undefined
  return { name: inverse, arguments: wanted.length === 0 ? undefined : Object.fromEntries(found) }
}
