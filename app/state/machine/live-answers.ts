/**
 * Asks a machine for the values that it knows, not more than once in a moment.
 * @adr 0036
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import { liveKind, liveValues } from '#qapi/draft/live-values.ts'
import type { ValueQuery, LiveContext, LiveValue } from '#qapi/draft/live-values.ts'
import type { Machine } from './machine.svelte.ts'

/** How long an answer is taken for the present state, in milliseconds. */
const freshMs = 2000

/** The answers of a machine, by their query. */
const answersOf = (): Map<string, { readonly at: number; readonly value: Promise<Json | undefined> }> =>
  new Map()

function query(machine: Machine, name: ValueQuery, args: JsonObject | undefined): Promise<Json | undefined> {
  if (name === 'qom-list-types') return Promise.resolve(listedTypes(machine))
  const known = machine.of(answersOf)
  const key = `${name} ${args === undefined ? '' : printJson(args)}`
  const answer = known.get(key)
  if (answer !== undefined && performance.now() - answer.at < freshMs) return answer.value
  const value = machine.commands.call(name, args, 5000).then((reply) => (reply.ok ? reply.value : undefined))
  known.set(key, { at: performance.now(), value })
  return value
}

/** The types that a person had listed; undefined where nobody had. */
function listedTypes(machine: Machine): Json | undefined {
  const { types } = machine.commands
  if (types === undefined) return undefined
  return [...types.values()].map(({ name, parent, abstract }) => ({
    name,
    abstract,
    ...(parent === undefined ? {} : { parent }),
  }))
}

/** Asks for the values for a place; undefined where no machine is connected that could be asked. */
export function liveOf(
  machine: Machine | undefined,
): ((context: LiveContext) => Promise<readonly LiveValue[]>) | undefined {
  if (machine?.isReady !== true || machine.protocol !== 'qmp') return undefined
  return (context) => {
    const kind = liveKind(context)
    if (kind === undefined) return Promise.resolve([])
    return liveValues(kind, context, (name, args) => query(machine, name, args))
  }
}
