/**
 * The schema that a command's form is made of: the machine's own, and for the few commands whose arguments it does not
 * know (`device_add`, `object-add` before 6.0, `qom-set`) with what the machine says of the chosen type or object.
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { dynamicMember } from '#qapi/model/device-schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { askArguments, askOffered, decidingIn, typesOffer } from '#state/machine/argument-schema.ts'
import type { Answered, Deciding, QueryOffer } from '#state/machine/argument-schema.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** What was asked for. */
interface SchemaAnswer {
  readonly key: string
  readonly schema: Schema | undefined
  /** The machine's own schema that `schema` was made of; another one follows when the manual has been read. */
  readonly base: Schema | undefined
  readonly why: string
  readonly offer: QueryOffer | undefined
}

/** The schema of a form. The functions are read while a view is computed. */
export class FormSchema {
  readonly #schema: () => Schema | undefined
  readonly #machine: () => Machine | undefined
  readonly #command: () => string
  readonly #args: () => Json | undefined
  #asked = $state.raw<SchemaAnswer>({
    key: '',
    schema: undefined,
    base: undefined,
    why: '',
    offer: undefined,
  })

  #isAsking = $state(false)

  readonly #wanted = $derived.by(() => {
    const schema = this.#schema()
    // Most commands have nothing to ask for: their arguments are not looked at.
    if (schema === undefined || dynamicMember(schema, this.#command()) === undefined) return undefined
    const args = this.#args()
    if (args === undefined || !isJsonObject(args)) return undefined
    return decidingIn(schema, this.#command(), (member) => own(args, member))
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
    // Not asked for after each typed letter.
    $effect(() => {
      const wanted = this.#wanted
      const schema = this.#schema()
      if (wanted === undefined || (wanted.key === this.#asked.key && schema === this.#asked.base)) return
      const timer = setTimeout(() => void this.#ask(), 150)
      return () => clearTimeout(timer)
    })
  }

  /** While another type is asked for, or the typed text is no type, the members of the last one stay. */
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

  /** What the machine is only asked when a person presses a button: the words of the button. */
  get offer(): string | undefined {
    return this.#offered?.label
  }

  get #offered(): QueryOffer | undefined {
    if (this.#wanted !== undefined)
      return this.#wanted.key === this.#asked.key ? this.#asked.offer : undefined
    const schema = this.#schema()
    const machine = this.#machine()
    const isOpen = schema !== undefined && machine?.isReady === true && machine.commands.types === undefined
    return isOpen && dynamicMember(schema, this.#command()) === 'driver' ? typesOffer : undefined
  }

  /** Whether what was offered is on its way. */
  get isAsking(): boolean {
    return this.#isAsking
  }

  /** The button was pressed. */
  async takeOffer(): Promise<void> {
    const offer = this.#offered
    const machine = this.#machine()
    if (offer === undefined || machine === undefined || this.#isAsking) return
    this.#isAsking = true
    if (this.#wanted === undefined) await machine.commands.run(offer.query, offer.arguments)
    else {
      await this.#take((asked, schema, wanted) => askOffered(asked, schema, this.#command(), wanted, offer))
    }
    this.#isAsking = false
  }

  async #ask(): Promise<void> {
    await this.#take((machine, schema, wanted) => askArguments(machine, schema, this.#command(), wanted))
  }

  async #take(ask: (machine: Machine, schema: Schema, wanted: Deciding) => Promise<Answered>): Promise<void> {
    const wanted = this.#wanted
    const schema = this.#schema()
    const machine = this.#machine()
    if (wanted === undefined || schema === undefined || machine === undefined) return
    const { key } = wanted
    const { schema: made, why, offer } = await ask(machine, schema, wanted)
    // Where nothing is known of it, the members of the last one stay, unless they are of another schema.
    const kept = this.#asked.base === schema ? this.#asked.schema : undefined
    this.#asked = { key, schema: made ?? kept, base: schema, why, offer }
  }
}
