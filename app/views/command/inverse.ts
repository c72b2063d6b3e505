/** The command that takes another back, with the actual arguments. One table. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** A command to offer after another. */
export interface Inverse {
  readonly name: string
  readonly arguments: JsonObject | undefined
}

/**
 * Command, the command that takes it back, and where the arguments of that are from: `to=from`. `from` is an argument of
 * the first; `a|b` the first of them that was given; `!a` its opposite; `a+` its text with "-undo" after it, for a job that
 * needs a name of its own; `<a` a member of what it returned, `<` all of it. `to?=` is left out where there is nothing.
 * `to` alone is the same name on both sides. Commands that are not here cannot be taken back by one command.
 */
const lines: readonly string[] = [
  'stop cont',
  'cont stop',
  'blockdev-add blockdev-del node-name',
  'object-add object-del id',
  'device_add device_del id',
  'netdev_add netdev_del id',
  'set_link set_link name up=!up',
  'chardev-add chardev-remove id',
  'block-dirty-bitmap-add block-dirty-bitmap-remove node name',
  'block-dirty-bitmap-enable block-dirty-bitmap-disable node name',
  'block-dirty-bitmap-disable block-dirty-bitmap-enable node name',
  'block-export-add block-export-del id',
  'nbd-server-start nbd-server-stop',
  'nbd-server-add nbd-server-remove name=name|device',
  'blockdev-backup job-cancel id=job-id|device',
  'drive-backup job-cancel id=job-id|device',
  'blockdev-mirror job-cancel id=job-id|device',
  'drive-mirror job-cancel id=job-id|device',
  'block-stream job-cancel id=job-id|device',
  'block-commit job-cancel id=job-id|device',
  'blockdev-create job-cancel id=job-id',
  'job-pause job-resume id',
  'job-resume job-pause id',
  'block-job-pause block-job-resume device',
  'block-job-resume block-job-pause device',
  'blockdev-open-tray blockdev-close-tray device? id?',
  'blockdev-close-tray blockdev-open-tray device? id?',
  'blockdev-insert-medium blockdev-remove-medium id',
  'blockdev-snapshot-internal-sync blockdev-snapshot-delete-internal-sync device name',
  'snapshot-save snapshot-delete job-id=job-id+ tag devices',
  'migrate migrate_cancel',
  'set-vcpu-dirty-limit cancel-vcpu-dirty-limit cpu-index?',
  'getfd closefd fdname',
  'add-fd remove-fd fdset-id=<fdset-id fd=<fd',
  'trace-event-set-state trace-event-set-state name enable=!enable',
  'guest-fsfreeze-freeze guest-fsfreeze-thaw',
  'guest-fsfreeze-freeze-list guest-fsfreeze-thaw',
  'guest-file-open guest-file-close handle=<',
]

interface InverseEntry {
  readonly name: string
  readonly members: readonly { readonly to: string; readonly from: string; readonly optional: boolean }[]
}

const byName: ReadonlyMap<string, InverseEntry> = new Map(
  lines.map((line) => {
    const [first = '', name = '', ...members] = line.split(' ')
    const read = members.map((member) => {
      const [left = '', from] = member.split('=')
      const to = left.replace('?', '')
      return { to, from: from ?? to, optional: left.endsWith('?') }
    })
    return [first, { name, members: read }]
  }),
)

/**
 * What takes `name` with these arguments back; `reply` is what it returned. Undefined where nothing does, or something
 * that it needs is missing.
 */
export function inverseOf(name: string, args: JsonObject | undefined, reply?: Json): Inverse | undefined {
  const entry = byName.get(name)
  if (entry === undefined) return undefined
  const found: (readonly [string, Json])[] = []
  for (const { to, from, optional } of entry.members) {
    const value = valueFrom(from, args, reply)
    if (value !== undefined) found.push([to, value])
    else if (!optional) return undefined
  }
  // Of several that may be left out, one says what is meant.
  if (entry.members.length > 0 && found.length === 0 && entry.name !== 'cancel-vcpu-dirty-limit')
    return undefined
  return { name: entry.name, arguments: found.length === 0 ? undefined : Object.fromEntries(found) }
}

function valueFrom(from: string, args: JsonObject | undefined, reply: Json | undefined): Json | undefined {
  if (from === '<') return reply
  if (from.startsWith('<'))
    return reply !== undefined && isJsonObject(reply) ? own(reply, from.slice(1)) : undefined
  if (from.startsWith('!')) {
    const value = own(args, from.slice(1))
    return typeof value === 'boolean' ? !value : undefined
  }
  if (from.endsWith('+')) {
    const value = own(args, from.slice(0, -1))
    return typeof value === 'string' ? `${value}-undo` : undefined
  }
  return from
    .split('|')
    .map((each) => own(args, each))
    .find((each) => each !== undefined)
}

function own(object: JsonObject | undefined, key: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}
