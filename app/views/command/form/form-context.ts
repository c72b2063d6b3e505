/** What all fields of a form need to know. */
import { createContext } from 'svelte'
import type { Component } from 'svelte'
import type { Json } from '#base/json/value.ts'
import type { Node } from '#qapi/draft/draft.ts'
import type { LiveContext, LiveValue } from '#qapi/draft/live-values.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { WidthOf } from '#qapi/model/integer-type.ts'

/** One place of a form. */
export interface FieldProps {
  readonly type: string
  readonly node: Node
  /** Dotted path from the arguments; the id of the control is made of it. */
  readonly path: string
  readonly label: string
  /** The name of the type that has the member, and the member: what a text in it means. */
  readonly owner: string
  readonly member: string
  /** Its message is shown already, by the field around it. */
  readonly quiet?: boolean
  /** The types from the last place that was looked at to here. */
  readonly way?: readonly string[] | undefined
  readonly onchange: (node: Node) => void
}

/** Read through getters: what it holds changes while the form stays. */
export interface FormContext {
  /** What the ids of its fields begin with: the same form may be on screen twice. */
  readonly id: string
  readonly schema: Schema
  /** Draws a place inside a field: the fields of arrays and objects are handed it, and import none. */
  readonly Field: Component<FieldProps>
  readonly command: string
  /** Whether parameters of a collection stand in the place of values. */
  readonly isTemplate: boolean
  /** Messages by path. */
  readonly problems: ReadonlyMap<string, string>
  /** The paths of those that ask for what was not given yet. */
  readonly unfilled: ReadonlySet<string>
  readonly widthOf: WidthOf
  /** The arguments as far as they are finished. */
  readonly args: Json | undefined
  /** Ask the machine for values; undefined without a machine. */
  readonly live: ((context: LiveContext) => Promise<readonly LiveValue[]>) | undefined
  /** Tell of a member beside the form; undefined where nothing is told there, or something else is held. */
  readonly tell: ((path: string) => void) | undefined
  /** The id of the element that tells it. */
  readonly toldIn: string
}

export const [getForm, setForm] = createContext<FormContext>()
