/**
 * The wire of one machine as a console: lines are sent as they are typed, malformed ones too, and what goes in either
 * direction is shown as it was.
 */
import { isJsonObject, parseInput, parseJson, printJson } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'
import type { LogRow } from '../../../workers/api.ts'
import type { Machine } from '../../state/machine.svelte.ts'
import { describeNotSent } from '../../state/outcome.ts'
import { timeline } from '../../state/timeline.svelte.ts'
import { bytes, count } from '../../ui/format.ts'
import { directionOf, directionSigns, isGreeting, ownSummary } from '../timeline/words.ts'
import { Console, ConsoleShelf } from './console.svelte.ts'
import { complete, inColumns } from './help-table.ts'
import type { Tone } from './screen.ts'

const promptText = 'QMP> '
/** Rows that can be printed again when a switch is turned. */
const keptRows = 1000
/** Rows printed of one batch at most: in a flood the others are only counted. */
const printedRows = 200
/** Larger messages are not printed, in bytes. */
const printedBytes = 1024 * 1024
/** Of a message so many characters are printed. */
const printedCharacters = 64 * 1024

/** What the console shows of the wire. */
export interface QmpShown {
  readonly events: boolean
  /** The page's own queries and the negotiation. */
  readonly own: boolean
  readonly pretty: boolean
}

/** The wire of one machine. */
export class QmpConsole extends Console {
  #shown = $state.raw<QmpShown>({ events: true, own: false, pretty: false })
  #rows: LogRow[] = []
  /** Printing waits for texts; this keeps the order. Counts up when everything is printed anew. */
  #turn: Promise<void> = Promise.resolve()
  #edition = 0

  constructor(machine: Machine) {
    super(machine, 'qmp', `QMP console of ${machine.name}: input`)
    const before = timeline.entries.filter((entry) => entry.machine === machine.id).map((entry) => entry.row)
    this.#add(before.slice(-keptRows))
    machine.watchRows((rows) => this.#add(rows))
  }

  get shown(): QmpShown {
    return this.#shown
  }

  /** Turn a switch: everything that is still held is printed anew. */
  setShown(change: Partial<QmpShown>): void {
    this.#shown = { ...this.#shown, ...change }
    this.#edition += 1
    super.clear()
    this.#print(this.#rows)
  }

  override clear(): void {
    this.#edition += 1
    this.#rows = []
    super.clear()
  }

  /**
   * Make the server forget an unfinished line: it waits for its end, and takes whatever follows for a part of it.
   * @qmp Server input: a control character is an error that resets the parser
   */
  async resetParser(): Promise<void> {
    await this.#send('\u0001')
    this.focus()
  }

  protected get busy(): boolean {
    return false
  }

  protected prompt(): string {
    return promptText
  }

  protected async submit(line: string): Promise<void> {
    if (line.trim() === '') return
    this.repaint()
    // The prompt is free at once: replies come in their own time, and in any order.
    void this.#send(line)
    await Promise.resolve()
  }

  protected interrupt(): void {
    // Never busy: there is nothing to interrupt.
  }

  protected async runPasted(lines: readonly string[]): Promise<void> {
    await this.enterAll(lines, () => false)
  }

  /** A pretty-printed command is one line to us; anything else is what it is. */
  protected override pastedLines(text: string): readonly string[] {
    const whole = parseInput(text)
    if (whole.ok && isJsonObject(whole.value)) return [text.trim().replace(/\s*\n\s*/g, ' ')]
    return super.pastedLines(text)
  }

  protected completeLine(): Promise<void> {
    const { editor } = this
    const before = editor.text.slice(0, editor.cursor)
    const parts = /^(.*["'](?:execute|exec-oob)["']\s*:\s*["'])([\w-]*)$/s.exec(before)
    const schema = this.machine.schema
    if (parts === null || schema.kind !== 'ready' || !Array.isArray(schema.raw)) {
      this.setHint('Only the name of a command after "execute" can be completed here.')
      return Promise.resolve()
    }
    const names: string[] = []
    for (const entity of schema.raw as readonly Json[]) {
      if (!isJsonObject(entity) || entity['meta-type'] !== 'command') continue
      if (typeof entity.name === 'string') names.push(entity.name)
    }
    const [, start = '', word = ''] = parts
    const { before: completed, candidates } = complete(word, new Map([['', names.sort()]]))
    const whole = start + (candidates.length === 1 ? completed.trimEnd() : completed)
    if (whole !== before) editor.set(whole + editor.text.slice(editor.cursor), whole.length)
    else if (candidates.length > 1) this.print(inColumns(candidates, this.columns), 'note')
    else if (candidates.length === 0) this.setHint(`No command of this machine begins with ${word}.`)
    this.repaint()
    return Promise.resolve()
  }

  async #send(line: string): Promise<void> {
    const result = await this.machine.sendRaw(line)
    if (!result.ok) {
      this.print(`${line}\n${result.error}`, 'error')
    } else if (result.value.kind === 'not-sent') {
      this.print(`${line}\n${describeNotSent(result.value.why)}`, 'error')
    } else if (result.value.kind === 'sent' && isUnfinished(line)) {
      this.setHint('That is no whole JSON value: the server may wait for the rest of it before it answers.')
    }
  }

  #add(rows: readonly LogRow[]): void {
    for (const row of rows) this.#rows.push(row)
    if (this.#rows.length > keptRows) this.#rows.splice(0, this.#rows.length - keptRows)
    this.#print(rows)
  }

  #print(rows: readonly LogRow[]): void {
    const wanted = rows.filter((row) => this.#wants(row))
    if (wanted.length === 0) return
    const some = wanted.slice(-printedRows)
    const edition = this.#edition
    this.#turn = this.#turn.then(async () => {
      if (edition !== this.#edition) return
      const texts = await Promise.all(
        some.map((row) =>
          row.bytes > 0 && row.bytes <= printedBytes
            ? this.machine.text(row.seq)
            : Promise.resolve(undefined),
        ),
      )
      if (edition !== this.#edition) return
      if (some.length < wanted.length) {
        this.print(
          `… ${count(wanted.length - some.length)} messages are not printed; they are in the timeline`,
          'note',
        )
      }
      some.forEach((row, index) => this.#printRow(row, texts[index]))
    })
  }

  #wants(row: LogRow): boolean {
    if (row.kind === 'event') return isGreeting(row) ? this.#shown.own : this.#shown.events
    if (row.kind === 'command' || row.kind === 'return' || row.kind === 'error') {
      return row.origin === 'person' || this.#shown.own
    }
    return true
  }

  #printRow(row: LogRow, text: string | undefined): void {
    const sign = directionSigns[directionOf(row)]
    if (text === undefined) {
      const why =
        row.bytes > printedBytes
          ? `a message of ${bytes(row.bytes)}: it is in the timeline`
          : (ownSummary(row) ?? 'a message that the record does not hold any more')
      const bad = row.kind === 'problem' || row.kind === 'outcome'
      this.print(`${sign} ${bad && 'name' in row ? `${row.name}: ` : ''}${why}`, bad ? 'error' : 'note')
      return
    }
    const shown = this.#shown.pretty ? prettyText(text) : text
    const cut =
      shown.length > printedCharacters
        ? `${shown.slice(0, printedCharacters)}… ${count(shown.length - printedCharacters)} characters more are in the timeline`
        : shown
    this.print(`${sign} ${cut}`, toneOf(row))
  }
}

/** Whether more is opened than closed: the server then reads on. */
function isUnfinished(line: string): boolean {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')
  const opened = bare.match(/[[{]/g)?.length ?? 0
  const closed = bare.match(/[\]}]/g)?.length ?? 0
  return opened > closed
}

function toneOf(row: LogRow): Tone {
  switch (row.kind) {
    case 'command':
    case 'raw':
      return 'sent'
    case 'error':
    case 'problem':
    case 'outcome':
      return 'error'
    case 'event':
      return 'event'
    case 'return':
      return 'plain'
    case 'state':
      return 'note'
  }
}

function prettyText(text: string): string {
  const parsed = parseJson(text)
  return parsed.ok ? printJson(parsed.value, { indent: 2 }) : text
}

/** The wires of all machines. */
export const qmpConsoles = new ConsoleShelf((machine) => new QmpConsole(machine))
