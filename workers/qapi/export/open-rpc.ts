/**
 * All commands of a schema as one OpenRPC document: a method for each, its arguments by name, the manual's texts. A union
 * of arguments has no form in OpenRPC: its common members are parameters, and `x-qmp-arguments` refers to the whole type.
 * Events are in `x-qmp-events`. Types stand under `components.schemas` as JSON Schema.
 * @qapi SchemaInfo
 */
import { jsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Schema } from '../model/schema.ts'
import type { EntityOf } from '../model/schema-info.ts'
import { SchemaWriter } from './json-schema.ts'
import { memberText, textOf } from './texts.ts'

type Command = EntityOf<'command'>

/** The document. `title` and `version` say what it is of: the machine, and the version of its QEMU. */
export function openRpcFor(
  schema: Schema,
  about: { readonly title: string; readonly version: string },
  nameOf: (type: string) => string,
): JsonObject {
  const writer = new SchemaWriter(schema, nameOf, '#/components/schemas/')
  const methods = schema.entities
    .filter((each) => each.kind === 'command')
    .map((each) => methodOf(schema, writer, each))
  const events = schema.entities
    .filter((each) => each.kind === 'event')
    .map((each): JsonObject => ({
      name: each.name,
      data: writer.ref(each.argType),
      ...text(schema, each.name),
    }))
  return jsonObject([
    ['openrpc', '1.3.2'],
    ['info', { title: about.title, version: about.version }],
    ['methods', methods],
    ['components', { schemas: writer.defs() }],
    ['x-qmp-events', events],
  ])
}

function methodOf(schema: Schema, writer: SchemaWriter, command: Command): JsonObject {
  const type = schema.byName.get(command.argType)
  const members = type?.kind === 'object' ? type.members : []
  const names = new Set<string>()
  const params = members
    // Parameters have to be told apart by their names, and those that are needed come first.
    .filter((each) => !names.has(each.name) && names.add(each.name))
    .toSorted((a, b) => Number(a.optional) - Number(b.optional))
    .map((each): Json => {
      const said = memberText(schema, command.argType, each.name)
      return {
        name: each.name,
        ...(said === '' ? {} : { description: said }),
        required: !each.optional,
        ...(each.features.includes('deprecated') ? { deprecated: true } : {}),
        schema: writer.ref(each.type),
      }
    })
  return jsonObject([
    ['name', command.name],
    ...Object.entries(text(schema, command.name)),
    ...(command.features.includes('deprecated') ? [['deprecated', true] as [string, Json]] : []),
    ['paramStructure', 'by-name'],
    ['params', params],
    ['result', { name: 'return', schema: writer.ref(command.retType) }],
    ['x-qmp-arguments', writer.ref(command.argType)],
    ...(command.allowOob ? [['x-qmp-allow-oob', true] as [string, Json]] : []),
  ])
}

function text(schema: Schema, name: string): JsonObject {
  const said = textOf(schema, name)
  return said === '' ? {} : { description: said }
}
