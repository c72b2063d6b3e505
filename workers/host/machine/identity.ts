/** Who a machine is: asked for at each connection, so that another QEMU at the same address is noticed. */
import type { Identity, IdentityChange } from '#api/machine.ts'
import { clip } from '#base/clip.ts'
import { parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Outcome } from '#qmp/report.ts'

/** Characters of a machine's name and UUID: they stand in titles and lists. */
const longestName = 200

/** Ask who it is. Servers without these commands (the storage daemon) answer with an error, and that is fine. */
export async function askIdentity(
  ask: (name: OwnQuery) => Promise<Outcome>,
  version: Identity['version'],
): Promise<Identity> {
  const [name, uuid] = await Promise.all([
    ask('query-name').then((outcome) => stringIn(outcome, 'name')),
    ask('query-uuid').then((outcome) => stringIn(outcome, 'UUID')),
  ])
  return { version, name, uuid }
}

function stringIn(outcome: Outcome, member: 'name' | 'UUID'): string | undefined {
  if (outcome.kind !== 'returned') return undefined
  const returned = outcome.text === undefined ? outcome.value : returnIn(outcome.text)
  const value = returned !== undefined && isJsonObject(returned) ? returned[member] : undefined
  return typeof value === 'string' ? clip(value, longestName) : undefined
}

/** What the text of a reply returns. */
function returnIn(text: string): Json | undefined {
  const message = parseJson(text)
  return message.ok && isJsonObject(message.value) ? message.value.return : undefined
}

/** What differs between who was here before and who is here now; undefined where nothing does. */
export function compareIdentity(before: Identity, after: Identity): IdentityChange | undefined {
  const differs: IdentityChange['differs'][number][] = []
  const a = before.version
  const b = after.version
  if (a.major !== b.major || a.minor !== b.minor || a.micro !== b.micro || a.package !== b.package) {
    differs.push('version')
  }
  if (before.uuid !== after.uuid) differs.push('uuid')
  if (before.name !== after.name) differs.push('name')
  return differs.length === 0 ? undefined : { before, after, differs }
}
