/**
 * The parameters and capabilities of a migration as fields of a form: those that this server has, of the types that its
 * schema tells, and what a person has changed of them as one command each, with the way back.
 * Tested by app/views/inspect/migration/migration-settings.test.ts.
 * @qapi MigrateSetParameters MigrationCapabilityStatus
 */
import { own } from '#base/own.ts'
import { parseJson } from '#base/json/parse.ts'
import { equalJson } from '#base/json/equal.ts'
import { textOf } from '#base/json/print.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { docText } from '#qapi/reference/doc-text.ts'
import { memberDoc } from '#qapi/reference/member-doc.ts'
import { commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Capability } from '#inside/migration/machine-migration.ts'

/** How a value is typed in. */
export type MigrationFieldKind = 'whole' | 'switch' | 'choice' | 'text' | 'json'

/** One parameter. */
export interface MigrationField {
  readonly name: string
  readonly kind: MigrationFieldKind
  /** The values of a choice, as the schema lists them. */
  readonly choices: readonly string[]
  /** What the server said; undefined where it did not say it: what is set then cannot be taken back. */
  readonly now: Json | undefined
  /** Of a number, where the manual states it: `bytes/s`, `ms`, `%`. */
  readonly unit: string
  readonly features: readonly string[]
  /** What the manual says; '' where none is loaded, or where it says nothing. */
  readonly about: string
}

/** A capability with what the manual says of it; '' where none is loaded. */
export interface MigrationSwitch extends Capability {
  readonly about: string
}

const units: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'bytes/s': 'max-bandwidth avail-switchover-bandwidth max-postcopy-bandwidth',
    bytes: 'xbzrle-cache-size x-rdma-chunk-size',
    'MB/s': 'vcpu-dirty-limit',
    ms: 'downtime-limit announce-initial announce-max announce-step x-checkpoint-delay x-vcpu-dirty-limit-period',
    '%': 'throttle-trigger-threshold cpu-throttle-initial cpu-throttle-increment max-cpu-throttle',
  }).flatMap(([unit, names]) => names.split(' ').map((name) => [name, unit] as const)),
)

const mostFields = 200
/** Characters of a text of a manual that are shown. The longest of QEMU 10 has about 600. */
const mostAbout = 900

/** Where a manual may describe a parameter: the newest place first. */
const describedIn = [
  'migrate-set-parameters',
  'MigrateSetParameters',
  'MigrationParameters',
  'MigrationParameter',
]

/** The parameters that the server takes, in its order. `current` is the return of `query-migrate-parameters`. */
export function migrationFields(schema: Schema, current: Json | undefined): readonly MigrationField[] {
  const command = commandOf(schema, 'migrate-set-parameters')
  const type = command === undefined ? undefined : schema.byName.get(command.argType)
  if (command === undefined || type?.kind !== 'object') return []
  const now = current !== undefined && isJsonObject(current) ? current : {}
  return type.members.slice(0, mostFields).map(({ name, type: ofMember, features }) => ({
    ...{ name, features, now: own(now, name), unit: units.get(name) ?? '' },
    ...kindOf(schema, ofMember),
    about: aboutOf(schema, [command.argType, ...describedIn], name),
  }))
}

/** The capabilities that the server has, with their texts. */
export function migrationSwitches(
  schema: Schema | undefined,
  capabilities: readonly Capability[],
): readonly MigrationSwitch[] {
  return capabilities.map((each) => ({
    ...each,
    about: schema === undefined ? '' : aboutOf(schema, ['MigrationCapability'], each.name),
  }))
}

function aboutOf(schema: Schema, owners: readonly string[], name: string): string {
  const found = memberDoc(schema, owners, name)
  return found === undefined ? '' : docText(found.doc).replace(/\s+/g, ' ').trim().slice(0, mostAbout)
}

function kindOf(schema: Schema, name: string): Pick<MigrationField, 'kind' | 'choices'> {
  const type = schema.byName.get(name)
  const none: readonly string[] = []
  switch (type?.kind) {
    case 'enum':
      return { kind: 'choice', choices: type.values.map((each) => each.name) }
    case 'builtin':
      if (type.jsonType === 'int') return { kind: 'whole', choices: none }
      if (type.jsonType === 'boolean') return { kind: 'switch', choices: none }
      return { kind: type.jsonType === 'string' ? 'text' : 'json', choices: none }
    case 'alternate':
      // A text or null: an empty text is the same as null.
      return { kind: type.branches.includes('str') ? 'text' : 'json', choices: none }
    default:
      return { kind: 'json', choices: none }
  }
}

/** The text of a value in its field. */
export function fieldText({ kind }: Pick<MigrationField, 'kind'>, value: Json | undefined): string {
  if (value === undefined) return ''
  return kind !== 'json' && typeof value === 'string' ? value : textOf(value)
}

/** Read what was typed into a field, or why it is none of its values in a sentence. */
export function readField({ kind, choices }: MigrationField, text: string): Result<Json, string> {
  if (kind === 'text') return ok(text)
  const typed = text.trim()
  if (kind === 'choice') return choices.includes(typed) ? ok(typed) : err(`One of: ${choices.join(', ')}.`)
  if (kind === 'switch')
    return typed === 'true' || typed === 'false' ? ok(typed === 'true') : err('Choose true or false.')
  const parsed = parseJson(typed)
  if (kind === 'whole') {
    return /^\d{1,20}$/.test(typed) && parsed.ok && jsonKind(parsed.value) === 'number'
      ? parsed
      : err('Write a whole number, 0 or more.')
  }
  return parsed.ok ? parsed : err('Write a value as JSON.')
}

/** What a person has changed in a form: texts by the name of the parameter, and capabilities by name. */
export interface MigrationEdits {
  readonly texts: ReadonlyMap<string, string>
  readonly switches: ReadonlyMap<string, boolean>
}

/** What it comes to. */
export interface MigrationChange {
  /** Arguments of `migrate-set-parameters`; undefined where no parameter is another one. */
  readonly parameters: JsonObject | undefined
  /** The same with the values before, of those that were told. */
  readonly parametersBefore: JsonObject | undefined
  /** What had no value before, and stays as it is set. */
  readonly staying: readonly string[]
  readonly switches: readonly Capability[]
  readonly switchesBefore: readonly Capability[]
  /** By the name of the parameter. */
  readonly wrong: ReadonlyMap<string, string>
}

/** Compare what was typed with what is. */
export function migrationChange(
  fields: readonly MigrationField[],
  capabilities: readonly Capability[],
  { texts, switches }: MigrationEdits,
): MigrationChange {
  const [next, before] = [new Map<string, Json>(), new Map<string, Json>()]
  const wrong = new Map<string, string>()
  for (const field of fields) {
    const text = texts.get(field.name)
    if (text === undefined || text === fieldText(field, field.now)) continue
    const read = readField(field, text)
    if (!read.ok) wrong.set(field.name, read.error)
    else if (field.now === undefined || !equalJson(read.value, field.now)) {
      next.set(field.name, read.value)
      if (field.now !== undefined) before.set(field.name, field.now)
    }
  }
  const changed = capabilities.filter(({ name, isOn }) => (switches.get(name) ?? isOn) !== isOn)
  const asArguments = (from: ReadonlyMap<string, Json>): JsonObject | undefined =>
    from.size === 0 ? undefined : Object.fromEntries(from)
  return {
    parameters: asArguments(next),
    parametersBefore: asArguments(before),
    staying: [...next.keys()].filter((name) => !before.has(name)),
    switches: changed.map(({ name, isOn }) => ({ name, isOn: !isOn })),
    switchesBefore: changed,
    wrong,
  }
}

/** Parameters that are of no use where both sides do not agree on them. */
const ofBothSides = ['multifd-channels', 'multifd-compression']

/**
 * What the other side has to be set to before it listens: capabilities that differ and that it has, and the parameters that
 * both must agree on. `events` is each machine's own business.
 */
export function alikeFor(
  source: { readonly capabilities: readonly Capability[]; readonly parameters: Json | undefined },
  target: { readonly capabilities: readonly Capability[]; readonly parameters: Json | undefined },
): { readonly switches: readonly Capability[]; readonly parameters: JsonObject | undefined } {
  const wanted = new Map(source.capabilities.map(({ name, isOn }) => [name, isOn]))
  const [from, to] = [source.parameters, target.parameters].map((each) =>
    each !== undefined && isJsonObject(each) ? each : {},
  )
  const differing = ofBothSides.flatMap((name) => {
    const [here, there] = [own(from ?? {}, name), own(to ?? {}, name)]
    return here === undefined || there === undefined || equalJson(here, there) ? [] : [[name, here] as const]
  })
  const isMultifd = wanted.get('multifd') === true
  return {
    switches: target.capabilities.flatMap(({ name, isOn }) => {
      const want = wanted.get(name)
      return name === 'events' || want === undefined || want === isOn ? [] : [{ name, isOn: want }]
    }),
    parameters: isMultifd && differing.length > 0 ? Object.fromEntries(differing) : undefined,
  }
}
