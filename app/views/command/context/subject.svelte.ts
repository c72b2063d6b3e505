/**
 * What the column beside a command's form is about: the command, or the member that has the focus or the caret. Held by
 * the command view; the form says what it has, and nothing is worked out while the column is closed.
 * Tested by e2e/context.spec.ts.
 * @adr 0034
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { aboutCaret, aboutPath } from '#qapi/draft/about.ts'
import type { About } from '#qapi/draft/about.ts'
import type { WidthOf } from '#qapi/model/integer-type.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** A form, read through getters: what it holds changes while it stays. */
export interface FormSubject {
  readonly name: string
  /** The machine's own schema; undefined for an agent whose schema file is not at hand. */
  readonly own: Schema | undefined
  /** The schema that the form is made of. */
  readonly schema: Schema | undefined
  readonly argType: string
  /** The arguments as far as they are finished, and their text in the editor. */
  readonly value: Json | undefined
  readonly text: string
  /** What would be sent. */
  readonly args: JsonObject | undefined
  readonly oob: boolean
  readonly widthOf: WidthOf
}

/** Where the focus is: in a field, at an offset of the JSON, or in neither. */
type Spot =
  | { readonly kind: 'none' }
  | { readonly kind: 'field'; readonly path: string }
  | { readonly kind: 'caret'; readonly offset: number }

/** The text that is shown. */
export interface ShownContext {
  readonly command: string
  readonly own: Schema
  readonly schema: Schema
  readonly about: About
  readonly widthOf: WidthOf
}

const none: Spot = { kind: 'none' }

/** What the column follows. */
export class ContextColumn {
  readonly #isOpen: () => boolean
  #subject = $state.raw<FormSubject | undefined>(undefined)
  #spot = $state.raw<Spot>(none)
  #pinned = $state.raw<ShownContext | undefined>(undefined)
  #last = ''
  /** Where Escape leads back to. */
  #field: HTMLElement | undefined

  /** The id of the column on the page. */
  readonly id: string

  constructor(id: string, isOpen: () => boolean) {
    this.id = id
    this.#isOpen = isOpen
  }

  /** The form that is shown. */
  get subject(): FormSubject | undefined {
    return this.#subject
  }

  /** Whether the column is on screen. */
  get isOpen(): boolean {
    return this.#isOpen()
  }

  get isPinned(): boolean {
    return this.#pinned !== undefined
  }

  /** Whether the column tells of what gets the focus. */
  get isFollowing(): boolean {
    return this.#isOpen() && this.#pinned === undefined
  }

  /** A form was mounted. For another command the column begins at the whole command, else it stays in its place. */
  attach(subject: FormSubject): () => void {
    if (this.#last !== subject.name) this.#spot = none
    this.#last = subject.name
    this.#subject = subject
    return () => {
      if (this.#subject === subject) this.#subject = undefined
    }
  }

  /** Something in the view got the focus; `path` are the elements from it outwards. */
  focused(path: readonly EventTarget[]): void {
    const [inner] = path
    if (inner instanceof HTMLElement) this.#field = inner
    for (const each of path) {
      if (!(each instanceof HTMLElement)) continue
      // The editor says itself where its caret is.
      if (each.dataset.caret !== undefined) return
      const field = fieldOf(each)
      if (field !== undefined) {
        this.#spot = field === '' ? none : { kind: 'field', path: field }
        return
      }
    }
    this.left()
  }

  /** Tell of a member, wherever the focus is. */
  tellOf(path: string): void {
    this.#spot = { kind: 'field', path }
  }

  /** The caret of the editor is at this offset. */
  caretAt(offset: number): void {
    this.#spot = { kind: 'caret', offset }
  }

  /** No field has the focus. */
  left(): void {
    if (this.#spot.kind !== 'none') this.#spot = none
  }

  /** Hold the text that is shown, or follow the focus again. */
  pin(told: ShownContext | undefined): void {
    this.#pinned = told
  }

  /** Focus the field that had the focus last, or the one that is in its place. False where there is none. */
  goBack(): boolean {
    const field = this.#field
    const there = field?.isConnected === true ? field : document.getElementById(field?.id ?? '')
    there?.focus()
    return there !== null
  }

  /** What `tell` depends on, and nothing more: for an effect that tells later. */
  basis(): readonly unknown[] {
    const [subject, spot] = [this.#subject, this.#spot]
    return [
      this.#pinned,
      subject?.schema,
      subject?.own,
      spot.kind === 'field' ? subject?.value : undefined,
      spot.kind === 'caret' ? subject?.text : undefined,
    ]
  }

  /** The text to show now. Undefined without a schema. */
  tell(): ShownContext | undefined {
    if (this.#pinned !== undefined) return this.#pinned
    const [subject, spot] = [this.#subject, this.#spot]
    if (subject?.schema === undefined || subject.own === undefined) return undefined
    const { name, own, schema, argType, widthOf } = subject
    const about: About =
      spot.kind === 'none'
        ? { kind: 'command' }
        : spot.kind === 'field'
          ? aboutPath(schema, argType, subject.value, spot.path)
          : aboutCaret(schema, argType, subject.text, spot.offset)
    return { command: name, own, schema, about, widthOf }
  }
}

/** The path of the member that an element is or belongs to. */
function fieldOf(element: HTMLElement): string | undefined {
  const { path } = element.dataset
  return path ?? (element.id.startsWith('field-') ? element.id.slice('field-'.length) : undefined)
}
