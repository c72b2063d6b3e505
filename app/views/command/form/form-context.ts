/** What all fields of a form need to know. */
import { createContext } from 'svelte'
import type { Json } from '#base/json/value.ts'
import type { LiveContext, LiveValue } from '#qapi/draft/live-values.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { WidthOf } from '#qapi/model/integer-type.ts'

/** Read through getters: what it holds changes while the form stays. */
export interface FormContext {
  /** What the ids of its fields begin with: the same form may be on screen twice. */
  readonly id: string
  readonly schema: Schema
  readonly command: string
  /** Messages by path. */
  readonly problems: ReadonlyMap<string, string>
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
