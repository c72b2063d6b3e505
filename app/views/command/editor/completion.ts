/** What the editor offers while one types: names and values of the schema, and what the machine knows. */
import { startCompletion } from '@codemirror/autocomplete'
import type { Completion as Shown, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { completionsAt, typeAt } from '#qapi/draft/complete.ts'
import type { JsonCompletion, Completions } from '#qapi/draft/complete.ts'
import { liveKind } from '#qapi/draft/live-values.ts'
import type { LiveValue } from '#qapi/draft/live-values.ts'
import { labelOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { rootValue } from './editor-parts.ts'
import type { EditorParts } from './editor-parts.ts'

/** The completions at the caret: of the schema, and what the machine knows. */
export async function complete(
  context: CompletionContext,
  parts: EditorParts,
): Promise<CompletionResult | null> {
  const schema = parts.schema()
  if (schema === undefined) return null
  const text = context.state.doc.toString()
  const type = parts.typeOf(rootValue(text, context.pos))
  const found = completionsAt(schema, type, text, context.pos)
  if (found === undefined) return null
  if (
    !context.explicit &&
    found.value === undefined &&
    found.from === found.to &&
    !/[{,]\s*$/.test(text.slice(0, context.pos))
  ) {
    return null
  }
  const options: Shown[] = found.options.map((each) => shownOf(each))
  for (const each of await valuesOfMachine(schema, type, text, found, parts)) {
    options.push({
      label: each.value,
      detail: each.note,
      apply: JSON.stringify(each.value),
      type: 'text',
    })
  }
  if (options.length === 0) return null
  // The label is compared with the typed text without its quote.
  const from = found.from + (/^["']/.test(text.slice(found.from, found.to)) ? 1 : 0)
  return {
    from,
    options: options.map((each) => replacing(each, found.from, Math.max(0, found.to - context.pos))),
    validFor: /^[\w-]*$/,
  }
}

/** The values that the machine knows for this place. It is asked at once, so that the next completion waits less. */
function valuesOfMachine(
  schema: Schema,
  type: string,
  text: string,
  found: Completions,
  parts: EditorParts,
): Promise<readonly LiveValue[]> {
  const none = Promise.resolve([])
  const live = parts.live()
  if (found.value === undefined || live === undefined) return none
  const place = typeAt(schema, type, found.value.root, found.value.path)
  const member = place?.member?.name
  if (member === undefined || place?.owner === undefined) return none
  const args = argumentsOf(found.value.root, parts)
  const owner = labelOf(schema, place.owner)
  const typed = text.slice(found.from, found.to).replace(/^["']|["']$/g, '')
  const path = parts.command() === '' ? found.value.path.replace(/^arguments\./, '') : found.value.path
  const where = { command: args.command, owner, member, path, args: args.value, typed }
  return liveKind(where) === undefined ? none : live(where)
}

/** Ask the machine while the browser draws what was typed: it runs the editor's own timer, which completes, after that. */
export function askAhead(text: string, position: number, parts: EditorParts): void {
  const schema = parts.schema()
  if (schema === undefined || parts.live() === undefined) return
  const type = parts.typeOf(rootValue(text, position))
  const found = completionsAt(schema, type, text, position)
  if (found !== undefined) void valuesOfMachine(schema, type, text, found, parts)
}

/** The command and its arguments: of the editor, or of the request that the cursor is in. */
function argumentsOf(
  root: Json | undefined,
  parts: EditorParts,
): { command: string; value: Json | undefined } {
  if (parts.command() !== '') return { command: parts.command(), value: root }
  if (root === undefined || !isJsonObject(root)) return { command: '', value: undefined }
  const name = root.execute ?? root['exec-oob']
  return { command: typeof name === 'string' ? name : '', value: root.arguments }
}

function shownOf(each: JsonCompletion): Shown {
  return {
    label: each.label,
    detail: each.detail,
    apply: each.insert,
    boost: each.kind === 'required' ? 2 : each.deprecated ? -10 : 0,
    ...(each.info === '' ? {} : { info: each.info }),
  }
}

/** A completion replaces the whole key or value, quotes included, and leaves the cursor inside of what it opened. */
function replacing(shown: Shown, from: number, after: number): Shown {
  const insert = typeof shown.apply === 'string' ? shown.apply : shown.label
  return {
    ...shown,
    apply: (view, _completion, _from, to) => {
      const inside = /(""|\{\}|\[\])$/.test(insert) ? 1 : 0
      view.dispatch({
        changes: { from, to: Math.min(view.state.doc.length, to + after), insert },
        selection: { anchor: from + insert.length - inside },
        userEvent: 'input.complete',
      })
      if (inside === 1 || insert.endsWith(': ')) startCompletion(view)
    },
  }
}
