/**
 * The wire of one machine as a console. Lines that begin with `{` are sent as they are typed, malformed ones too; others
 * are qmp-shell's syntax, read with the schema. Messages in both directions are shown as they were on the wire.
 * Tested by e2e/console.spec.ts.
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import type { LogRow } from '#record/row.ts'
import { commandInLine, parserReset } from '#qapi/check/effect.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { commandOf } from '#qapi/model/schema.ts'
import {
  opensTransaction,
  readShellAction,
  readShellLine,
  readTransactionLine,
  transactionOf,
} from '#qapi/text/shell-line.ts'
import type { ShellCommand, ShellError } from '#qapi/text/shell-line.ts'
import { decidingIn, schemaWithArguments } from '#state/machine/argument-schema.ts'
import type { App } from '#state/app.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { versionsIn } from '#state/library/references.svelte.ts'
import { describeNotSent, describeOutcome } from '#words/outcome.ts'
import { within } from '#state/within.ts'
import { count } from '#words/format.ts'
import { keepFromConsole } from './console-history.ts'
import { ConsoleShelf } from './console-shelf.ts'
import { Console } from './console.svelte.ts'
import { caretBelow, mayKeep, ownWords, readOwnLine } from './shell-lines.ts'
import { commandHelp, commandList } from './help-text.ts'
import { complete, inColumns } from './help-table.ts'
import { liveValuesOf } from './console-values.ts'
import { completeShell, listCandidates } from './shell-complete.ts'
import { hasPrintedText, isShown, isUnfinished, linesOf, printRow } from './wire-text.ts'
import type { QmpShown } from './wire-text.ts'

const promptText = 'QMP> '
/** Before the rest of a request whose brackets are open. */
const restPrompt = '...> '
const actionPrompt = 'TRANS> '
/** Rows that can be printed again when a switch is turned. */
const keptRows = 1000
/** How long the help waits for the manual, in milliseconds: a few MB are loaded and read. Without it names alone are printed. */
const manualMs = 10_000
/** Rows printed of one batch at most: in a flood the others are only counted. */
const printedRows = 200

/** The wire of one machine. */
export class QmpConsole extends Console {
  #shown = $state.raw<QmpShown>({ events: true, own: false, pretty: false })
  #rows: LogRow[] = []
  /** Printing waits for texts; this keeps the order. Counts up when everything is printed again. */
  #turn: Promise<void> = Promise.resolve()
  #edition = 0
  /** A request whose brackets are open, as typed so far. */
  #unfinished: string | undefined
  /** A line that waits for what the machine says of its arguments. */
  #reading: Promise<void> | undefined
  /** The actions of the transaction that is being typed. */
  #actions: Json[] | undefined

  constructor(app: App, machine: Machine) {
    super(app, machine, 'qmp', `QMP console of ${machine.name}: input`)
    this.#add(machine.record.newest.rows, 0)
    machine.record.newest.watch((rows, more) => this.#add(rows, more))
  }

  get shown(): QmpShown {
    return this.#shown
  }

  /** Turn a switch: everything that is still held is printed again. */
  setShown(change: Partial<QmpShown>): void {
    this.#shown = { ...this.#shown, ...change }
    this.#edition += 1
    super.clear()
    this.#print(this.#rows, 0)
  }

  override clear(): void {
    this.#edition += 1
    this.#rows = []
    super.clear()
  }

  /**
   * Make the server forget an unfinished line: it waits for the end of the line, and takes later text for a part of it.
   * @qmp Server input: a control character is an error that resets the parser
   */
  async resetParser(): Promise<void> {
    await this.#send(parserReset)
    this.focus()
  }

  protected get busy(): boolean {
    return false
  }

  protected prompt(): string {
    if (this.#unfinished !== undefined) return restPrompt
    return this.#actions === undefined ? promptText : actionPrompt
  }

  protected async submit(line: string): Promise<void> {
    // Lines go out in the order in which they were entered.
    while (this.#reading !== undefined) await this.#reading
    if (this.#unfinished !== undefined) {
      this.#goOn(line)
      await Promise.resolve()
      return
    }
    if (line.trim() === '') return
    this.repaint()
    // The prompt is free at once: replies come in their own time, and in any order.
    if (this.#actions !== undefined || opensTransaction(line)) this.#collect(line)
    else if (line.trimStart().startsWith('{')) this.#begin(line)
    else if (!this.#answerOwn(line)) this.#runLine(line)
    await Promise.resolve()
  }

  protected override keeps(line: string): boolean {
    return mayKeep(this.#schema, line, this.#actions !== undefined)
  }

  protected override abandoned(): void {
    if (this.#unfinished !== undefined) {
      this.#unfinished = undefined
      this.print('The request was given up; nothing of it was sent.', 'note')
      return
    }
    if (this.#actions === undefined) return
    this.#actions = undefined
    this.print('The transaction was given up; nothing of it was sent.', 'note')
  }

  get #schema(): Schema | undefined {
    const { schema } = this.machine
    return schema.kind === 'ready' ? schema.schema : undefined
  }

  /** A line of JSON. One that is not whole is not sent: the server would take whatever follows for a part of it. */
  #begin(line: string): void {
    if (isUnfinished(line)) {
      this.print(`${promptText}${line}`)
      this.#unfinished = line
      this.setHint('Brackets are open: go on, or send it as it is with an empty line; Ctrl-C gives it up.')
      this.repaint()
    } else void this.#send(line)
  }

  /** Another line of what is not whole yet; an empty one sends it as it is. */
  #goOn(line: string): void {
    this.print(`${restPrompt}${line}`)
    const whole = `${this.#unfinished ?? ''} ${line}`.trim()
    const isSent = line.trim() === '' || !isUnfinished(whole)
    this.#unfinished = isSent ? undefined : whole
    if (isSent) void this.#send(whole)
    this.repaint()
  }

  /** One line of a transaction. A wrong one is reported and changes nothing: the next line is an action again. */
  #collect(line: string): void {
    this.print(`${this.prompt()}${line}`)
    const { action, at, closes } = readTransactionLine(line)
    const prompt = this.prompt()
    const actions = (this.#actions ??= [])
    if (action !== '') {
      const read = readShellAction(this.#schema, action)
      if (!read.ok) {
        this.#printWrong(prompt, line, { message: read.error.message, at: read.error.at + at })
        return
      }
      actions.push(read.value)
    }
    if (!closes) return
    this.#actions = undefined
    if (actions.length === 0) this.print('The transaction has no actions; nothing was sent.', 'note')
    else void this.#run(transactionOf(actions))
  }

  #runLine(line: string): void {
    this.print(`${promptText}${line}`)
    const schema = this.#schema
    const read = readShellLine(schema, line)
    if (!read.ok) {
      this.#printWrong(promptText, line, read.error)
      return
    }
    const { name, arguments: args } = read.value
    if (schema === undefined || decidingIn(schema, name, (member) => own(args, member)) === undefined) {
      void this.#run(read.value)
      return
    }
    // The types of a device's properties are known once its driver is given.
    this.#reading = schemaWithArguments(this.machine, schema, name, (member) => own(args, member)).then(
      (shaped) => {
        this.#reading = undefined
        const again = readShellLine(shaped, line)
        if (again.ok) void this.#run(again.value)
        else this.#printWrong(promptText, line, again.error)
      },
    )
  }

  #printWrong(prompt: string, line: string, error: ShellError): void {
    this.print(caretBelow(prompt, line, error, this.columns), 'error')
  }

  async #run(command: ShellCommand): Promise<void> {
    const at = Date.now()
    const result = await this.machine.commands.run(command.name, command.arguments, { oob: command.oob })
    keepFromConsole(this.app, this.machine, { ...command, at }, result)
    switch (result.kind) {
      case 'refused':
        this.print(`${command.name}: ${result.why}`, result.by === 'person' ? 'note' : 'error')
        return
      case 'not-sent':
      case 'sent':
        this.print(`${command.name}: ${describeOutcome(result)}`, result.kind === 'sent' ? 'note' : 'error')
        return
      case 'returned':
      case 'failed':
      case 'timed-out':
      case 'unknown':
        // The wire shows the reply, and says so where there is none.
        return
    }
  }

  /** Answer a word of the console itself. False where the line is none. */
  #answerOwn(line: string): boolean {
    const schema = this.#schema
    const own = readOwnLine(line)
    if (own === undefined || (schema !== undefined && commandOf(schema, own.word) !== undefined)) return false
    if (own.error !== undefined) {
      this.print(`${promptText}${line}`)
      this.#printWrong(promptText, line, own.error)
    } else if (own.word === 'clear') this.clear()
    else if (own.word === 'history') {
      this.print(`${promptText}${line}`)
      const width = String(this.history.length).length
      this.print(
        this.history.map((each, index) => `${String(index + 1).padStart(width)}  ${each}`).join('\n'),
      )
    } else {
      this.print(`${promptText}${line}`)
      void this.#printHelp(own.of)
    }
    return true
  }

  /** The help includes the manual's text: it waits while that is being read. */
  async #printHelp(name: string | undefined): Promise<void> {
    if (this.#schema !== undefined && this.app.references.isReading(this.#schema)) {
      this.print('The manual is being read…', 'note')
      await within(manualMs, this.machine.loadTexts())
    }
    const schema = this.#schema
    if (schema === undefined) {
      this.print('The schema of this machine is not known yet, so its commands are unknown.', 'note')
    } else if (name === undefined) {
      this.print(commandList(schema, this.columns))
    } else {
      const help = commandHelp(schema, name, this.columns)
      const versions = versionsIn(this.app.references.fitOf(schema))
      if (help !== undefined) this.print(versions === undefined ? help : `${help}\n(${versions})`)
      else this.print(`There is no command “${name}” here. help alone lists all.`, 'error')
    }
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
    if (whole.ok && isJsonObject(whole.value)) return [linesOf(text).join(' ')]
    return super.pastedLines(text)
  }

  protected async completeLine(): Promise<void> {
    const { editor } = this
    const typed = editor.text
    const before = typed.slice(0, editor.cursor)
    const schema = this.#schema
    if (schema === undefined) {
      this.setHint('The schema of this machine is not known yet, so there is nothing to complete from.')
      return
    }
    if (before.trimStart().startsWith('{')) {
      this.#completeRaw(schema, before)
      return
    }
    const completed = await completeShell(schema, before, {
      transaction: this.#actions !== undefined,
      ownWords,
      live: liveValuesOf(this.machine),
      shape: (command, given) => schemaWithArguments(this.machine, schema, command, given),
    })
    // The line may have changed while values were asked for.
    if (editor.text !== typed) return
    if (completed.before !== before) {
      editor.set(completed.before + typed.slice(editor.cursor), completed.before.length)
    } else if (completed.candidates.length > 0) {
      this.print(`${this.prompt()}${typed}\n${listCandidates(completed.candidates, this.columns)}`, 'note')
    } else {
      this.setHint(completed.hint)
    }
    this.repaint()
  }

  /** In JSON only the name of a command is completed. */
  #completeRaw(schema: Schema, before: string): void {
    const { editor } = this
    const parts = /^(.*["'](?:execute|exec-oob)["']\s*:\s*["'])([\w-]*)$/s.exec(before)
    if (parts === null) {
      this.setHint('In JSON only the name of a command after "execute" can be completed.')
      return
    }
    const names = schema.entities.filter((each) => each.kind === 'command').map((each) => each.name)
    const [, start = '', word = ''] = parts
    const { before: completed, candidates } = complete(word, new Map([['', names.sort()]]))
    const whole = start + (candidates.length === 1 ? completed.trimEnd() : completed)
    if (whole !== before) editor.set(whole + editor.text.slice(editor.cursor), whole.length)
    else if (candidates.length > 1) this.print(inColumns(candidates, this.columns), 'note')
    else if (candidates.length === 0) this.setHint(`No command of this machine begins with ${word}.`)
    this.repaint()
  }

  async #send(line: string): Promise<void> {
    const at = Date.now()
    const result = await this.machine.commands.sendRaw(line)
    const command = commandInLine(line)
    const ended = result.ok
      ? result.value.kind === 'command'
        ? result.value.outcome
        : undefined
      : result.error
    if (command !== undefined && ended !== undefined)
      keepFromConsole(this.app, this.machine, { ...command, at }, ended)
    if (!result.ok) {
      this.print(`${line}\n${result.error.why}`, result.error.by === 'person' ? 'note' : 'error')
    } else if (result.value.kind === 'not-sent') {
      this.print(`${line}\n${describeNotSent(result.value.why)}`, 'error')
    } else if (result.value.kind === 'command' && !this.machine.record.recording.on) {
      // No row of it will come.
      this.print(`${line}\n${result.value.reply ?? describeOutcome(result.value.outcome)}`, 'plain')
    } else if (result.value.kind === 'sent' && isUnfinished(line)) {
      this.setHint('That is no whole JSON value: the server may wait for the rest of it before it answers.')
    }
  }

  #add(rows: readonly LogRow[], more: number): void {
    for (const row of rows) this.#rows.push(row)
    if (this.#rows.length > keptRows) this.#rows.splice(0, this.#rows.length - keptRows)
    this.#print(rows, more)
  }

  /** `more`: messages that came before these and are not printed. */
  #print(rows: readonly LogRow[], more: number): void {
    const wanted = rows.filter((row) => isShown(row, this.#shown))
    if (wanted.length === 0 && more === 0) return
    const some = wanted.slice(-printedRows)
    const left = more + wanted.length - some.length
    const edition = this.#edition
    this.#turn = this.#turn.then(async () => {
      if (edition !== this.#edition) return
      const texts = await Promise.all(
        some.map((row) =>
          hasPrintedText(row) ? this.machine.record.calls.text(row.seq) : Promise.resolve(undefined),
        ),
      )
      if (edition !== this.#edition) return
      if (left > 0) {
        this.print(`… ${count(left)} messages are not printed; they are in the timeline`, 'note')
      }
      some.forEach((row, index) => {
        const printed = printRow(row, texts[index], this.#shown.pretty)
        this.print(printed.text, printed.tone)
      })
    })
  }
}

/** The wires of all machines. */
export const makeQmpConsoles = (app: App): ConsoleShelf<QmpConsole> =>
  new ConsoleShelf(app.machines, (machine) => new QmpConsole(app, machine))
