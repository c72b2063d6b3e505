/**
 * A command that is being written, and its one owner: the arguments as a form and as JSON, two views of one value, what
 * is wrong with them, what would be sent, and what QEMU said of them. One file, because whichever side was edited last
 * leads, and all the rest is derived from it.
 */
import { untrack } from 'svelte'
import { clip } from '#base/clip.ts'
import { own } from '#base/own.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { validate } from '#qapi/check/validate.ts'
import type { Issue } from '#qapi/check/validate.ts'
import { isPlaceholder, parametersIn } from '#qapi/collections/collection.ts'
import { widthsOf } from '#qapi/check/widths.ts'
import { draftText } from '#qapi/draft/draft-text.ts'
import { emptyNode, fromValue, mergeValue, reshape, toValue } from '#qapi/draft/draft.ts'
import type { Node } from '#qapi/draft/draft.ts'
import { placesOf } from '#qapi/draft/json-places.ts'
import { tidy } from '#qapi/draft/tidy.ts'
import { readsFromTexts, readsOnlyTexts } from '#qapi/model/device-schema.ts'
import type { WidthOf } from '#qapi/model/integer-type.ts'
import { commandOf, takesAnyMember } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { LearnedWidths } from '#state/machine/learned-widths.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { readArgumentText, withAside } from './argument-text.ts'
import type { Draft } from './drafts.ts'
import { SaidOfArguments } from './said.svelte.ts'
import type { Said, JudgedArguments } from './said.svelte.ts'

/** What a draft is of, read through getters: it changes while the form stays. */
export interface DraftOf {
  readonly name: string
  /** The machine's own schema; undefined for an agent whose schema file is not at hand. */
  readonly own: Schema | undefined
  /** The schema that the form is made of. */
  readonly schema: Schema | undefined
  /** Of the machine's own schema, for the widths that were learned; '' until it is known. */
  readonly fingerprint: string
  readonly machine: Machine | undefined
  /** Whether it is a command of a collection, with parameters in the place of values. */
  readonly isTemplate?: boolean
  readonly learned: LearnedWidths
}

/** The arguments, as far as they are any, and all that is wrong with them. */
interface BuiltArguments {
  readonly args: JsonObject | undefined
  /** As far as they are finished. */
  readonly partial: JsonObject
  readonly issues: readonly Issue[]
  readonly sendable: boolean
}

/** What came of tidying up, of the text that it left. */
interface TidyRemark {
  readonly of: string
  readonly words: string
  readonly isError: boolean
}

const nothing: BuiltArguments = { args: undefined, partial: {}, issues: [], sendable: false }
/** Characters of an error at a field: all of it stands below the form. */
const longestProblem = 300

/**
 * What a draft begins with: what was typed before, what the address says, or nothing yet. `given` are the arguments in
 * the address.
 */
export function beginDraft(
  own: Schema | undefined,
  name: string,
  given: string | undefined,
  kept: Draft | undefined,
): Draft {
  const argType = own === undefined ? undefined : commandOf(own, name)?.argType
  if (own === undefined || argType === undefined) {
    return { node: { kind: 'json', text: '{}', misfit: false }, text: given ?? '{}' }
  }
  const empty = emptyNode(own, argType)
  if (given === undefined) return kept ?? { node: empty, text: undefined }
  const read = parseInput(given)
  if (read.ok && isJsonObject(read.value)) {
    return { node: fromValue(own, argType, read.value), text: undefined }
  }
  // A link that was cut off, or is none: its text is shown with the error.
  return { node: empty, text: given }
}

/** The value at a dotted path, as an issue has it. */
function valueAt(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined
    at = own(at as Readonly<Record<string, Json>>, part)
  }
  return at
}

/** Whether an issue is of a parameter in the place of a value, or of what depends on one: nobody knows yet. */
function isOfParameter(value: Json, { path, message }: Issue): boolean {
  return isPlaceholder(valueAt(value, path)) || message.includes('${')
}

/** The draft. */
export class CommandDraft {
  readonly #of: DraftOf
  readonly #edited: () => void
  readonly #said: SaidOfArguments
  #node = $state.raw<Node>({ kind: 'null' })
  /** The JSON text while it is what was edited last; undefined while the form leads. */
  #typed = $state<string | undefined>(undefined)
  /** Unfinished texts that the form took the lead from, the newest last. */
  #aside = $state.raw<readonly string[]>([])
  #tidied = $state.raw<TidyRemark | undefined>(undefined)
  #shaped: Schema | undefined
  /** Whether it is to run out-of-band, where it can. */
  wantsOob = $state(false)

  readonly #read = $derived(this.#typed === undefined ? undefined : readArgumentText(this.#typed))
  readonly #soFar = $derived.by((): Json | undefined => {
    // The text typed so far counts, although it is unfinished: it decides which members are offered.
    if (this.#read !== undefined)
      return 'value' in this.#read ? this.#read.value : placesOf(this.#typed ?? '')[0]?.value
    const { own, name } = this.#of
    const command = own === undefined ? undefined : commandOf(own, name)
    return own === undefined || command === undefined
      ? undefined
      : toValue(own, command.argType, this.#node).partial
  })
  readonly #argType = $derived.by(() => {
    const { schema, name } = this.#of
    return schema === undefined ? '' : (commandOf(schema, name)?.argType ?? '')
  })
  readonly #widthOf: WidthOf = $derived.by(() => {
    const { schema, fingerprint, learned } = this.#of
    return schema === undefined ? () => undefined : widthsOf(schema, learned.of(fingerprint))
  })
  readonly #check = $derived.by(() => {
    const { own, schema, name, machine } = this.#of
    const version = machine?.identity?.version
    const options = {
      open: own === undefined || takesAnyMember(own, name),
      widthOf: this.#widthOf,
      texts: readsFromTexts(name, version),
      onlyTexts: readsOnlyTexts(name, version),
    }
    const type = this.#argType
    const { isTemplate = false } = this.#of
    return (value: Json): readonly Issue[] => {
      const issues = schema === undefined ? [] : validate(schema, type, value, options)
      return isTemplate ? issues.filter((issue) => !isOfParameter(value, issue)) : issues
    }
  })
  readonly #built = $derived.by(() => this.#build())
  readonly #text = $derived.by(() => {
    const { schema } = this.#of
    return this.#typed ?? (schema === undefined ? '' : draftText(schema, this.#argType, this.#node))
  })
  readonly #verdict = $derived.by(() => this.#said.of(this.#text))
  readonly #problems = $derived.by(() => {
    const map = new Map<string, string>()
    for (const each of this.#built.issues) if (!map.has(each.path)) map.set(each.path, each.message)
    const said = this.#verdict
    if (said?.verdict.kind === 'refused' && said.at !== undefined) {
      map.set(said.at, `QEMU: ${clip(said.verdict.desc, longestProblem)}`)
    }
    return map
  })
  readonly #unfilled = $derived(
    new Set(
      this.#built.issues
        .filter(
          ({ path, message, isUnfilled }) => isUnfilled === true && this.#problems.get(path) === message,
        )
        .map(({ path }) => path),
    ),
  )

  /** `edited` is called after each change that a person makes. */
  constructor(of: DraftOf, begun: Draft, edited: () => void = () => undefined) {
    this.#of = of
    this.#said = new SaidOfArguments(of.learned)
    this.#edited = edited
    this.#node = begun.node
    this.#typed = begun.text
    this.#aside = begun.aside ?? []
  }

  get name(): string {
    return this.#of.name
  }

  /** Whether parameters of a collection stand in the place of values. */
  get isTemplate(): boolean {
    return this.#of.isTemplate === true
  }

  /** The parameters in the arguments: their values are given when a collection is run. None where it is none. */
  get parameters(): readonly string[] {
    return this.isTemplate ? parametersIn(this.args) : []
  }

  get own(): Schema | undefined {
    return this.#of.own
  }

  get schema(): Schema | undefined {
    return this.#of.schema
  }

  /** The type of the arguments; '' without a schema. */
  get argType(): string {
    return this.#argType
  }

  get node(): Node {
    return this.#node
  }

  /** Which of the two was edited last. */
  get leads(): 'form' | 'text' {
    return this.#typed === undefined ? 'form' : 'text'
  }

  /** Whether the text leads and is no JSON object: the form shows what it said before. */
  get isBroken(): boolean {
    return this.#read !== undefined && 'issue' in this.#read
  }

  /** The JSON beside the form. */
  get text(): string {
    return this.#text
  }

  /** The unfinished text that was put aside last, when the form was edited. */
  get aside(): string | undefined {
    return this.#aside.at(-1)
  }

  /** The draft as it is kept until a person comes back to it. */
  get kept(): Draft {
    return { node: this.#node, text: this.#typed, aside: this.#aside }
  }

  /** The arguments so far, unfinished text included: what else can be asked for follows from them. */
  get soFar(): Json | undefined {
    return this.#soFar
  }

  /** The arguments as far as they are finished. */
  get value(): JsonObject {
    return this.#built.partial
  }

  /** The arguments that are sent: undefined while they are not whole, and where none are needed. */
  get args(): JsonObject | undefined {
    const { args } = this.#built
    return args === undefined || Object.keys(args).length === 0 ? undefined : args
  }

  get issues(): readonly Issue[] {
    return this.#built.issues
  }

  /** Whether they can be sent, right or wrong. */
  get isSendable(): boolean {
    return this.#built.sendable
  }

  /** Messages by path, QEMU's among them. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems
  }

  /** The paths of those messages that ask for what was not given yet. */
  get unfilled(): ReadonlySet<string> {
    return this.#unfilled
  }

  get widthOf(): WidthOf {
    return this.#widthOf
  }

  /** The issues of a value of the arguments' type. */
  get check(): (value: Json) => readonly Issue[] {
    return this.#check
  }

  /** Why it cannot run out-of-band. */
  get whyNotOob(): string | undefined {
    const { own, name, machine } = this.#of
    if (own === undefined || commandOf(own, name)?.allowOob !== true) return 'this command does not allow it'
    if (machine === undefined) return 'there is no machine'
    return machine.hasOob ? undefined : 'the connection did not negotiate it'
  }

  /** Whether it runs out-of-band. */
  get oob(): boolean {
    return this.wantsOob && this.whyNotOob === undefined
  }

  /** The request as it will be sent, without its id; undefined while the arguments are not whole. */
  get wire(): string | undefined {
    if (!this.isSendable) return undefined
    const request: Record<string, JsonObject | string> = {
      [this.oob ? 'exec-oob' : 'execute']: this.#of.name,
    }
    if (this.args !== undefined) request.arguments = this.args
    return printJson(request)
  }

  /** A whole request in the place of arguments: it was meant for its own command. */
  get request(): { readonly name: string; readonly args: JsonObject } | undefined {
    const { own } = this.#of
    if (this.#read === undefined || !('value' in this.#read) || own === undefined) return undefined
    const { execute, 'exec-oob': outOfBand, arguments: inner } = this.#read.value
    const wanted = execute ?? outOfBand
    if (typeof wanted !== 'string' || commandOf(own, wanted) === undefined) return undefined
    return { name: wanted, args: inner !== undefined && isJsonObject(inner) ? inner : {} }
  }

  /** What QEMU said of these arguments; undefined once they have changed. */
  get said(): Said | undefined {
    return this.#verdict
  }

  get isAsking(): boolean {
    return this.#said.isAsking
  }

  /** What came of tidying up; undefined once the text has changed. */
  get tidied(): TidyRemark | undefined {
    return this.#tidied?.of === this.#text ? this.#tidied : undefined
  }

  /** The form was edited. Where the text led and is no JSON, it is put aside, and the form goes on from what it shows. */
  edit(node: Node): void {
    this.#aside = withAside(this.#aside, this.#typed)
    this.#typed = undefined
    this.#node = node
    this.#edited()
  }

  /** The text was edited. */
  editText(text: string): void {
    this.#typed = text
    const { schema } = this.#of
    const read = readArgumentText(text)
    if (schema !== undefined && 'value' in read)
      this.#node = mergeValue(schema, this.#argType, this.#node, read.value)
    this.#edited()
  }

  /** The text that was put aside last leads again. The form keeps what it shows until the text is JSON. */
  takeUpAside(): void {
    const text = this.aside
    if (text === undefined) return
    this.#aside = withAside(this.#aside.slice(0, -1), this.#typed)
    this.#typed = text
    this.#edited()
  }

  /** The text that was put aside last is not wanted any more. */
  discardAside(): void {
    this.#aside = this.#aside.slice(0, -1)
    this.#edited()
  }

  /** Begin again, with other arguments. */
  begin({ node, text, aside = [] }: Draft): void {
    this.#node = node
    this.#typed = text
    this.#aside = aside
    const { own, schema } = this.#of
    if (own !== undefined && schema !== undefined) this.#reshape(own, schema)
  }

  /** Members that became known: what was typed for them as unknown ones moves into their fields. */
  followSchema(): void {
    const { schema } = this.#of
    if (schema === undefined || schema === this.#shaped) return
    const before = this.#shaped
    this.#shaped = schema
    untrack(() => this.#reshape(before ?? this.#of.own ?? schema, schema))
  }

  /** Plain JSON with two blanks a level: quotes and comments as the standard has them, and no comma too many. */
  tidy(): void {
    const of = this.#text
    const done = tidy(of)
    if (!done.ok) {
      const { line, column, message } = done.error
      const words = `Not tidied up. Line ${line}, column ${column}: ${message}.`
      this.#tidied = { of, words, isError: true }
      return
    }
    const { text: plain, commas } = done.value
    const words = commas === 0 ? '' : ` ${commas === 1 ? 'A comma' : `${commas} commas`} too many taken away.`
    const unchanged = plain === of
    if (!unchanged) this.editText(plain)
    this.#tidied = { of: plain, words: unchanged ? 'It is tidy.' : `Tidied up.${words}`, isError: false }
  }

  /** Ask the machine whether it would accept the arguments; nothing runs. */
  async ask(machine: Machine): Promise<void> {
    const subject = this.subject()
    if (subject !== undefined) await this.#said.ask(machine, subject)
  }

  /** Take what came of sending: `subject` are the arguments that were sent. */
  takeResult(subject: JudgedArguments | undefined, result: RunResult): void {
    if (subject !== undefined) this.#said.takeResult(subject, result)
  }

  /** The arguments as they are now, for what QEMU says of them. */
  subject(): JudgedArguments | undefined {
    const { name, schema, fingerprint } = this.#of
    if (schema === undefined) return undefined
    const { issues, args = {} } = this.#built
    return { name, schema, type: this.#argType, args, issues, text: this.#text, fingerprint }
  }

  #reshape(before: Schema, now: Schema): void {
    if (this.#node.kind === 'object') this.#node = reshape(before, now, this.#argType, this.#node)
  }

  #build(): BuiltArguments {
    const { schema } = this.#of
    const check = this.#check
    if (this.#read !== undefined) {
      if ('issue' in this.#read) return { ...nothing, issues: [this.#read.issue] }
      const { value } = this.#read
      return { args: value, partial: value, issues: check(value), sendable: true }
    }
    if (schema === undefined) return nothing
    const { value, partial: so, issues } = toValue(schema, this.#argType, this.#node)
    const partial = so !== undefined && isJsonObject(so) ? so : {}
    if (value !== undefined && isJsonObject(value)) {
      return { args: value, partial, issues: check(value), sendable: true }
    }
    // An unfinished value is reported once: it is not also reported as missing.
    const places = new Set(issues.map((each) => each.path))
    const others = check(partial).filter(
      (each) => !places.has(each.path) && ![...places].some((place) => place.startsWith(`${each.path}.`)),
    )
    return { args: undefined, partial, issues: [...issues, ...others], sendable: false }
  }
}
