/** CodeMirror 6 set up for our JSON: colours by our variables, completion, messages and texts from our model. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  startCompletion,
} from '@codemirror/autocomplete'
import type { Completion as Shown, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import type { StringStream } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { Tooltip } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { completionsAt, ownersOf, typeAt } from '#qapi/draft/complete.ts'
import type { Completion, Completions } from '#qapi/draft/complete.ts'
import { docText } from '#qapi/reference/doc-text.ts'
import { cursorAt, placesOf, rootAt } from '#qapi/draft/json-places.ts'
import { textIssues } from '#qapi/draft/json-issues.ts'
import { liveKind } from '#qapi/draft/live-values.ts'
import type { LiveContext, LiveValue } from '#qapi/draft/live-values.ts'
import { memberDoc } from '#qapi/reference/member-doc.ts'
import { definitionOf, describeType, labelOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Issue } from '#qapi/check/validate.ts'

/** What an editor needs to know. Functions are asked anew each time. */
export interface EditorParts {
  readonly text: string
  readonly label: string
  readonly several: boolean
  readonly schema: () => Schema | undefined
  readonly typeOf: (value: Json | undefined) => string
  readonly check: (value: Json) => readonly Issue[]
  readonly live: () => ((context: LiveContext) => Promise<readonly LiveValue[]>) | undefined
  readonly command: () => string
  readonly onchange: (text: string) => void
  readonly onsend: () => void
  /** The caret of the focused editor went to this offset of the text, or the text around it is another. */
  readonly oncaret: (offset: number) => void
}

/** An editor on the page. */
export interface EditorHandle {
  /** Replace the text, keeping the cursor where the text around it is the same. Nothing is called back. */
  setText(text: string): void
  /** Check by other rules: the schema is another, or more is known of it. */
  setCheck(rules: EditorParts['check']): void
  destroy(): void
}

/**
 * The tokens of JSON as people type it: single quotes, comments and bare words too. Each expression begins with `^`: one
 * without it is looked for in all of the rest of the line, at every token.
 */
const language = StreamLanguage.define<{ comment: boolean }>({
  name: 'json input',
  startState: () => ({ comment: false }),
  token: (stream: StringStream, state) => {
    if (state.comment) {
      if (stream.skipTo('*/')) {
        stream.match('*/')
        state.comment = false
      } else stream.skipToEnd()
      return 'comment'
    }
    if (stream.eatSpace()) return null
    if (stream.match(/^(?:\/\/|#).*/)) return 'comment'
    if (stream.match('/*')) {
      state.comment = true
      return 'comment'
    }
    if (stream.match(/^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)/)) {
      return stream.match(/^\s*:/, false) ? 'propertyName' : 'string'
    }
    if (stream.match(/^-?\d[\d.eE+-]*/)) return 'number'
    if (stream.match(/^(?:true|false|null)/)) return 'keyword'
    stream.next()
    return 'punctuation'
  },
})

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--json-key, var(--accent))' },
  { tag: tags.string, color: 'var(--json-string, var(--ok))' },
  { tag: tags.number, color: 'var(--json-number, var(--warning))' },
  { tag: tags.keyword, color: 'var(--json-number, var(--warning))', fontWeight: '700' },
  { tag: tags.comment, color: 'var(--text-muted)', fontStyle: 'italic' },
])

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--bg-raised)', fontSize: '13px', minHeight: '120px' },
  '&.cm-focused': { outline: '2px solid var(--focus, var(--accent))' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', maxHeight: '60vh', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--text-muted)', backgroundColor: 'var(--bg-sunken)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--bg-selected)',
  },
  '.cm-matchingBracket': { outline: '1px solid var(--accent)', backgroundColor: 'transparent !important' },
  '.cm-tooltip': {
    maxWidth: '60ch',
    color: 'var(--text)',
    backgroundColor: 'var(--bg-raised)',
    border: '1px solid var(--border-strong)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--text)',
    backgroundColor: 'var(--bg-selected)',
  },
  '.cm-completionDetail': { color: 'var(--text-muted)', fontStyle: 'normal' },
  '.cm-completionLabel': { fontFamily: 'var(--font-mono)' },
  '.cm-tooltip-hover': { padding: '4px 8px', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic': { whiteSpace: 'pre-wrap' },
  '.cm-panel input, .cm-panel button': { fontSize: '13px' },
})

/** Make an editor in a shadow root. */
export function makeEditor(root: ShadowRoot, parts: EditorParts): EditorHandle {
  let quiet = false
  let rules = parts.check
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: parts.text,
      extensions: [
        Prec.highest(
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                parts.onsend()
                return true
              },
            },
          ]),
        ),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        EditorView.lineWrapping,
        language,
        syntaxHighlighting(colours),
        theme,
        autocompletion({
          override: [(context) => complete(context, parts)],
          icons: false,
          // What completes takes a few milliseconds: there is nothing to wait for.
          activateOnTypingDelay: 0,
        }),
        hoverTooltip((shown, position) => tell(shown, position, parts)),
        // The Tab key goes on to the next field, as everywhere in the page.
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
        ]),
        EditorView.contentAttributes.of({ 'aria-label': parts.label, spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) parts.onchange(update.state.doc.toString())
          if ((update.selectionSet || update.docChanged || update.focusChanged) && update.view.hasFocus) {
            parts.oncaret(update.state.selection.main.head)
          }
          if (update.docChanged) check()
          // An open list is narrowed, and nobody is asked.
          const isClosed = completionStatus(update.startState) === null
          if (isClosed && update.transactions.some((each) => each.isUserEvent('input.type'))) {
            askAhead(update.state.doc.toString(), update.state.selection.main.head, parts)
          }
        }),
      ],
    }),
  })

  function check(): void {
    const text = view.state.doc.toString()
    const issues = text.trim() === '' ? [] : textIssues(text, parts.several, rules)
    const diagnostics = issues.slice(0, 200).map((each): Diagnostic => ({
      from: each.from,
      to: Math.max(each.from, each.to),
      severity: 'error',
      message: each.message,
    }))
    // An update must not be dispatched while another one is on its way.
    queueMicrotask(() => {
      if (view.state.doc.toString() === text) view.dispatch(setDiagnostics(view.state, diagnostics))
    })
  }

  check()
  return {
    setText(text) {
      const now = view.state.doc.toString()
      if (now === text) return
      let from = 0
      while (from < now.length && from < text.length && now[from] === text[from]) from += 1
      let back = 0
      while (
        back < now.length - from &&
        back < text.length - from &&
        now[now.length - 1 - back] === text[text.length - 1 - back]
      ) {
        back += 1
      }
      quiet = true
      view.dispatch({
        changes: { from, to: now.length - back, insert: text.slice(from, text.length - back) },
      })
      quiet = false
    },
    setCheck(next) {
      rules = next
      check()
    },
    destroy: () => view.destroy(),
  }
}

function rootValue(text: string, position: number): Json | undefined {
  const roots = placesOf(text)
  return (rootAt(roots, position) ?? roots[0])?.value
}

async function complete(context: CompletionContext, parts: EditorParts): Promise<CompletionResult | null> {
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
  // What is compared with the label is what is typed without its quote.
  const from = found.from + (/^["']/.test(text.slice(found.from, found.to)) ? 1 : 0)
  return {
    from,
    options: options.map((each) => replacing(each, found.from, Math.max(0, found.to - context.pos))),
    validFor: /^[\w-]*$/,
  }
}

/** What the machine knows for the place in hand. It is asked at once, so whoever asks again in a moment waits less. */
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
function askAhead(text: string, position: number, parts: EditorParts): void {
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

function shownOf(each: Completion): Shown {
  return {
    label: each.label,
    detail: each.detail,
    apply: each.insert,
    boost: each.kind === 'required' ? 2 : each.deprecated ? -10 : 0,
    ...(each.info === '' ? {} : { info: each.info }),
  }
}

/** A completion replaces the whole key or value, quotes included, and leaves the cursor inside of what it opened. */
function replacing(shown: Shown, from: number, behind: number): Shown {
  const insert = typeof shown.apply === 'string' ? shown.apply : shown.label
  return {
    ...shown,
    apply: (view, _completion, _from, to) => {
      const inside = /(""|\{\}|\[\])$/.test(insert) ? 1 : 0
      view.dispatch({
        changes: { from, to: Math.min(view.state.doc.length, to + behind), insert },
        selection: { anchor: from + insert.length - inside },
        userEvent: 'input.complete',
      })
      if (inside === 1 || insert.endsWith(': ')) startCompletion(view)
    },
  }
}

/** What a member or value under the pointer is. */
function tell(view: EditorView, position: number, parts: EditorParts): Tooltip | null {
  const schema = parts.schema()
  if (schema === undefined) return null
  const text = view.state.doc.toString()
  const cursor = cursorAt(text, placesOf(text), position)
  if (cursor === undefined || cursor.from === cursor.to) return null
  const root = rootValue(text, position)
  const type = parts.typeOf(root)
  const words =
    cursor.kind === 'key'
      ? tellMember(schema, type, root, cursor.within.path, cursor.text)
      : tellValue(schema, type, root, cursor)
  if (words === undefined) return null
  return {
    pos: cursor.from,
    end: cursor.to,
    above: true,
    create: () => {
      const dom = document.createElement('div')
      dom.textContent = words
      return { dom }
    },
  }
}

function tellMember(
  schema: Schema,
  type: string,
  root: Json | undefined,
  within: string,
  name: string,
): string | undefined {
  const path = within === '' ? name : `${within}.${name}`
  const found = typeAt(schema, type, root, path)
  if (found?.member === undefined || found.owner === undefined) return undefined
  const doc = memberDoc(schema, ownersOf(schema, found.owner, found.object), name)
  const { optional } = found.member
  const head = `${name}: ${describeType(schema, found.member.type)}${optional ? ', optional' : ', required'}`
  return doc === undefined ? head : `${head}\n${docText(doc.doc)}`
}

function tellValue(
  schema: Schema,
  type: string,
  root: Json | undefined,
  cursor: { readonly path: string; readonly text: string },
): string | undefined {
  const found = typeAt(schema, type, root, cursor.path)
  const entity = found === undefined ? undefined : schema.byName.get(found.type)
  if (entity?.kind !== 'enum') return undefined
  const command =
    schema.byName.get(cursor.text)?.kind === 'command' ? definitionOf(schema, cursor.text) : undefined
  const doc = command ?? definitionOf(schema, entity.name)?.members.find((each) => each.name === cursor.text)
  return doc === undefined ? undefined : `${cursor.text}\n${docText(doc.doc)}`
}
