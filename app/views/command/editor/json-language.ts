/** How our JSON looks in CodeMirror: its tokens, their colours, the look of the editor. */
import { HighlightStyle, StreamLanguage } from '@codemirror/language'
import type { StringStream } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/**
 * The tokens of JSON as people type it: single quotes, comments and bare words too. Each expression begins with `^`: one
 * without it is looked for in all of the rest of the line, at every token.
 */
export const language = StreamLanguage.define<{ comment: boolean }>({
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

/** By the page's variables. */
export const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--json-key, var(--accent))' },
  { tag: tags.string, color: 'var(--json-string, var(--ok))' },
  { tag: tags.number, color: 'var(--json-number, var(--warning))' },
  { tag: tags.keyword, color: 'var(--json-number, var(--warning))', fontWeight: '700' },
  { tag: tags.comment, color: 'var(--text-muted)', fontStyle: 'italic' },
])

/** By the page's variables. */
export const theme = EditorView.theme({
  '&': {
    color: 'var(--text)',
    backgroundColor: 'var(--bg-raised)',
    fontSize: '13px',
    minHeight: '120px',
    height: 'var(--editor-height, auto)',
  },
  '&.cm-focused': { outline: '2px solid var(--focus, var(--accent))' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    maxHeight: 'var(--editor-limit, 60vh)',
    overflow: 'auto',
  },
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
