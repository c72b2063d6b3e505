/** The servers that Inspect has to work with, by their recorded schemas, and what is wrong with a command for one. */
import type { JsonObject } from '#base/json/value.ts'
import { validate } from '#qapi/check/validate.ts'
import { commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** The storage daemon's file in public/schemas. */
export const daemon = 'qemu-storage-daemon-7.2'

/** All of them: four versions of QEMU, then the daemon. */
export const servers = [...['5.2', '7.2', '10.0', '11.1'].map((version) => `qemu-${version}-x86_64`), daemon]

/** Why a server would refuse a command: it does not have it, or does not take these arguments. Sentences. */
export function wrong(schema: Schema, name: string, args: JsonObject = {}): readonly string[] {
  const command = commandOf(schema, name)
  if (command === undefined) return [`${name} is not there`]
  // The properties of a device are in no schema.
  return validate(schema, command.argType, args, { open: name === 'device_add' }).map(
    ({ path, message }) => `${name} ${path}: ${message}`,
  )
}
