/**
 * The schema that a command's form is made of: the machine's own, and for the few commands whose arguments it does not
 * know (`device_add`, `object-add` before 6.0, `qom-set`) with what the machine says of the chosen type or object.
 */
import { isJsonObject } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'
import {
  dynamicMember,
  readProperties,
  withProperties,
  withPropertyValue,
} from '../../../workers/qapi/device-schema.ts'
import type { Schema } from '../../../workers/qapi/schema.ts'
import type { Machine } from '../../state/machine.svelte.ts'

/** What was asked for. */
interface Asked {
  readonly key: string
  readonly schema: Schema | undefined
  /** The machine's own schema that `schema` was made of. */
  readonly base: Schema | undefined
  readonly why: string
}

/** The schema of a form. The functions are read while a view is computed. */
export class Shape {
  readonly #schema: () => Schema | undefined
  readonly #machine: () => Machine | undefined
  readonly #command: () => string
  readonly #args: () => Json | undefined
  #asked = $state.raw<Asked>({ key: '', schema: undefined, base: undefined, why: '' })

  readonly #wanted = $derived.by(() => {
    const schema = this.#schema()
    const args = this.#args()
    if (schema === undefined || args === undefined || !isJsonObject(args)) return undefined
    const member = dynamicMember(schema, this.#command())
    const of = member === undefined ? undefined : args[member]
    if (member === undefined || typeof of !== 'string' || of === '') return undefined
    const property = member === 'path' ? args.property : ''
    if (typeof property !== 'string' || (member === 'path' && property === '')) return undefined
    return { member, of, property, key: `${this.#command()} ${of} ${property}` }
  })

  constructor(
    schema: () => Schema | undefined,
    machine: () => Machine | undefined,
    command: () => string,
    args: () => Json | undefined,
  ) {
    this.#schema = schema
    this.#machine = machine
    this.#command = command
    this.#args = args
    // What is typed is not asked for letter by letter.
    $effect(() => {
      const wanted = this.#wanted
      if (wanted === undefined || wanted.key === this.#asked.key) return
      const timer = setTimeout(() => void this.#ask(wanted), 150)
      return () => clearTimeout(timer)
    })
  }

  /** While another type is asked for, or what is typed is none, the members of the last one stay. */
  get schema(): Schema | undefined {
    const { schema, base } = this.#asked
    return schema !== undefined && base === this.#schema() ? schema : this.#schema()
  }

  /** What a person should know about it; '' for most commands. */
  get remark(): string {
    const schema = this.#schema()
    const member = schema === undefined ? undefined : dynamicMember(schema, this.#command())
    if (member === undefined) return ''
    if (this.#machine() === undefined) return 'Its further members are known at run time only, of a machine.'
    const wanted = this.#wanted
    if (wanted === undefined) {
      return member === 'path'
        ? 'Choose an object and a property: the type of the value follows.'
        : `Choose ${member}: the other members follow from it.`
    }
    if (wanted.key !== this.#asked.key) return 'Asking the machine for the properties…'
    return this.#asked.why
  }

  async #ask(wanted: { member: string; of: string; property: string; key: string }): Promise<void> {
    const schema = this.#schema()
    const machine = this.#machine()
    if (schema === undefined || machine === undefined) return
    const { member, of, property, key } = wanted
    const [query, args] =
      member === 'driver'
        ? (['device-list-properties', { typename: of }] as const)
        : member === 'path'
          ? (['qom-list', { path: of }] as const)
          : (['qom-list-properties', { typename: of }] as const)
    const reply = await machine.call(query, args)
    if (!reply.ok) {
      this.#asked = { ...this.#asked, key, why: `${query} ${of}: ${reply.error}` }
      return
    }
    const properties = readProperties(reply.value)
    if (member !== 'path') {
      const made = withProperties(schema, this.#command(), of, properties)
      this.#asked = { key, schema: made, base: schema, why: `${properties.length} properties of ${of}.` }
      return
    }
    const found = properties.find((each) => each.name === property)
    this.#asked =
      found === undefined
        ? { ...this.#asked, key, why: `${of} has no property ${property}.` }
        : {
            key,
            schema: withPropertyValue(schema, of, found),
            base: schema,
            why: `${property} is of type ${found.type}.`,
          }
  }
}
