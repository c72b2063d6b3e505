/**
 * The schema that a command's form is made of: the machine's own, and for the few commands whose arguments it does not
 * know (`device_add`, `object-add` before 6.0, `qom-set`) with what the machine says of the chosen type or object.
 */
import { isJsonObject } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'
import { dynamicMember } from '../../../workers/qapi/device-schema.ts'
import type { Schema } from '../../../workers/qapi/schema.ts'
import { askArguments, decidingIn } from '../../state/argument-schema.ts'
import type { Deciding } from '../../state/argument-schema.ts'
import type { Machine } from '../../state/machine.svelte.ts'

/** What was asked for. */
interface Asked {
  readonly key: string
  readonly schema: Schema | undefined
  /** The machine's own schema that `schema` was made of; another one follows when the manual has been read. */
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
    // Most commands have nothing to ask for: their arguments are not looked at.
    if (schema === undefined || dynamicMember(schema, this.#command()) === undefined) return undefined
    const args = this.#args()
    if (args === undefined || !isJsonObject(args)) return undefined
    return decidingIn(schema, this.#command(), (member) => args[member])
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
      const schema = this.#schema()
      if (wanted === undefined || (wanted.key === this.#asked.key && schema === this.#asked.base)) return
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

  async #ask(wanted: Deciding): Promise<void> {
    const schema = this.#schema()
    const machine = this.#machine()
    if (schema === undefined || machine === undefined) return
    const { key } = wanted
    const { schema: made, why } = await askArguments(machine, schema, this.#command(), wanted)
    // Where nothing is known of it, the members of the last one stay, unless they are of another schema.
    const kept = this.#asked.base === schema ? this.#asked.schema : undefined
    this.#asked = { key, schema: made ?? kept, base: schema, why }
  }
}
