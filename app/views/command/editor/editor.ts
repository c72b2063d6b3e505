/**
 * CodeMirror 6 set up for our JSON: colours by our variables, completion, messages and texts from our model.
 * Tested by e2e/command.spec.ts.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, Prec } from '@codemirror/state'
import type { ChangeSpec, Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { ViewUpdate } from '@codemirror/view'
import { textIssues } from '#qapi/draft/json-issues.ts'
import { askAhead, complete } from './completion.ts'
import type { EditorParts } from './editor-parts.ts'
import { tell } from './hover-text.ts'
import { colours, language, theme } from './json-language.ts'

/** An editor on the page. */
export interface EditorHandle {
  /** Replace the text, keeping the cursor where the text around it is the same. Nothing is called back. */
  setText(text: string): void
  /** Check by other rules: the schema is another, or more is known of it. */
  setCheck(rules: EditorParts['check']): void
  focus(): void
  destroy(): void
}

/** What an editor is made of. `onupdate` hears of each update of the view. */
function extensionsOf(parts: EditorParts, onupdate: (update: ViewUpdate) => void): Extension {
  return [
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
    EditorView.updateListener.of(onupdate),
  ]
}

/** What makes one text of another: all that lies between their common beginning and their common end. */
function changeBetween(now: string, text: string): ChangeSpec {
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
  return { from, to: now.length - back, insert: text.slice(from, text.length - back) }
}

/** Make an editor in a shadow root. */
export function makeEditor(root: ShadowRoot, parts: EditorParts): EditorHandle {
  let quiet = false
  let rules = parts.check
  const extensions = extensionsOf(parts, (update) => {
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
  })
  const state = EditorState.create({ doc: parts.text, extensions })
  const view = new EditorView({ root, parent: root, state })

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
      quiet = true
      view.dispatch({ changes: changeBetween(now, text) })
      quiet = false
    },
    setCheck(next) {
      rules = next
      check()
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}
