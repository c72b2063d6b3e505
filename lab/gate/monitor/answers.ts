/** The texts of answers: those of the gate itself, as QEMU writes them, and those of QEMU with the id of who asked. */
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { WireMessage } from '#qmp/wire/framing.ts'
import { asciiJson } from './envelope.ts'

/** The line end of a monitor. */
const lineEnd = '\r\n'
const lineEndBytes = Buffer.from(lineEnd)

function withId(member: string, id: string | undefined): string {
  return `{${member}${id === undefined ? '' : `, "id": ${id}`}}${lineEnd}`
}

/** An answer of the gate itself: a return. `value` is JSON. */
export function returnText(value: string, id: string | undefined): string {
  return withId(`"return": ${value}`, id)
}

/** An answer of the gate itself: an error. */
export function errorText(errorClass: string, desc: string, id: string | undefined): string {
  const said = asciiJson(printJson(desc))
  return withId(`"error": {"class": ${asciiJson(printJson(errorClass))}, "desc": ${said}}`, id)
}

/**
 * An answer of QEMU with another id. `own` is the gate's id, which it has. QEMU writes it first or last: then the bytes are
 * taken as they are. A message that ends with `"id": OWN}` has it as its own last member, for the last bracket closes
 * the message, and no text ends so; the same at its beginning. Without `wire` the answer is printed from its value.
 */
export function withIdOf(
  value: JsonObject,
  wire: WireMessage | undefined,
  own: number,
  id: string | undefined,
): Uint8Array | string {
  const source = wire?.source
  if (wire !== undefined && source !== undefined) {
    const message = Buffer.from(source.bytes.buffer, source.bytes.byteOffset + source.at, wire.bytes)
    const last = `, "id": ${own}}`
    if (endsWith(message, last)) {
      const rest = message.subarray(0, message.length - last.length)
      return Buffer.concat([rest, Buffer.from(id === undefined ? '}\r\n' : `, "id": ${id}}\r\n`)])
    }
    const first = `{"id": ${own}, `
    if (beginsWith(message, first)) {
      const rest = message.subarray(first.length)
      return Buffer.concat([Buffer.from(id === undefined ? '{' : `{"id": ${id}, `), rest, lineEndBytes])
    }
  }
  const members = Object.entries(value).filter(([member]) => member !== 'id')
  return withId(
    members.map(([member, each]) => `${printJson(member)}: ${asciiJson(printJson(each))}`).join(', '),
    id,
  )
}

function endsWith(bytes: Buffer, text: string): boolean {
  return bytes.length >= text.length && bytes.toString('latin1', bytes.length - text.length) === text
}

function beginsWith(bytes: Buffer, text: string): boolean {
  return bytes.length >= text.length && bytes.toString('latin1', 0, text.length) === text
}

/** A message of a server as it came, on one line. */
export function asLine(value: JsonObject, wire: WireMessage): string {
  const text = wire.text()
  return `${/[\r\n]/.test(text) ? asciiJson(printJson(value)) : text}${lineEnd}`
}
