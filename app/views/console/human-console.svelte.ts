/**
 * The human monitor, through `human-monitor-command`: every line is one command, run past the machine's lock; the
 * prompt returns with its answer, as in the human monitor.
 * Tested by e2e/journey.spec.ts.
 * @qapi human-monitor-command
 */
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import type { Ticket } from '#qmp/report.ts'
import type { App } from '#state/app.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { describeOutcome } from '#words/outcome.ts'
import { keepFromConsole } from './console-history.ts'
import { ConsoleShelf } from './console-shelf.ts'
import { Console } from './console.svelte.ts'
import { complete, inColumns, readHelp } from './help-table.ts'
import type { HelpTable } from './help-table.ts'
import { liveValuesOf } from './console-values.ts'

const promptText = '(qemu) '
/** Saving a machine can take long. Ctrl-C ends the wait. */
const deadlineMs = 600_000

/** Commands whose first argument names something of the machine, and the command of QMP that takes the same. */
const namesAfter: Readonly<Record<string, readonly [command: string, member: string]>> = {
  block_resize: ['block_resize', 'device'],
  'chardev-remove': ['chardev-remove', 'id'],
  device_del: ['device_del', 'id'],
  eject: ['eject', 'device'],
  netdev_del: ['netdev_del', 'id'],
  object_del: ['object-del', 'id'],
  'qom-list': ['qom-list', 'path'],
  set_link: ['set_link', 'name'],
}

/** A command that is being waited for. */
export interface WaitingLine {
  readonly line: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** The human monitor of one machine. */
export class HumanConsole extends Console {
  #waiting = $state.raw<WaitingLine | undefined>(undefined)
  /** Ends the wait for the command in hand. */
  #abandon: (() => void) | undefined
  #ticket: Ticket | undefined
  #stopPasted = false
  #help: HelpTable | undefined

  constructor(app: App, machine: Machine) {
    super(app, machine, 'hmp', `Human monitor of ${machine.name}: input`)
  }

  get waiting(): WaitingLine | undefined {
    return this.#waiting
  }

  protected get busy(): boolean {
    return this.#waiting !== undefined
  }

  protected prompt(): string | undefined {
    return this.busy ? undefined : promptText
  }

  protected async submit(line: string): Promise<void> {
    this.print(`${promptText}${line}`)
    if (line.trim() === '') return
    const ticket = this.machine.commands.newTicket()
    this.#ticket = ticket
    this.#waiting = { line, since: Date.now() }
    this.repaint()
    const abandoned = new Promise<undefined>((resolve) => {
      this.#abandon = () => resolve(undefined)
    })
    const command = { name: 'human-monitor-command', arguments: { 'command-line': line } }
    const at = Date.now()
    const running = this.machine.commands.run(command.name, command.arguments, { deadlineMs, ticket })
    // One that is abandoned ends, too.
    void running.then((ended) =>
      keepFromConsole(this.app, this.machine, { ...command, oob: false, at }, ended),
    )
    const result = await Promise.race([running, abandoned])
    this.#waiting = undefined
    this.#abandon = undefined
    this.#ticket = undefined
    if (result !== undefined) this.#printResult(result)
  }

  protected interrupt(): void {
    const abandon = this.#abandon
    const ticket = this.#ticket
    if (abandon === undefined || ticket === undefined) return
    this.#stopPasted = true
    void this.machine.commands.cancel(ticket).then((cancelled) => {
      // A queued command ends as cancelled without a message here.
      if (cancelled || this.#abandon !== abandon) return
      this.print('^C abandoned; a late answer will be in the timeline', 'note')
      abandon()
    })
  }

  protected async runPasted(lines: readonly string[]): Promise<void> {
    this.#stopPasted = false
    await this.enterAll(lines, () => this.#stopPasted)
  }

  protected async completeLine(): Promise<void> {
    const { editor } = this
    const typed = editor.text
    this.#help ??= await this.#readHelp()
    // The line may have changed while the help was read.
    if (this.#help === undefined || editor.text !== typed) return
    const before = typed.slice(0, editor.cursor)
    const table = await this.#withNames(this.#help, before)
    if (editor.text !== typed) return
    const { before: completed, candidates } = complete(before, table)
    if (completed !== before) {
      editor.set(completed + typed.slice(editor.cursor), completed.length)
    } else if (candidates.length > 1) {
      this.print(`${promptText}${typed}\n${inColumns(candidates, this.columns)}`, 'note')
    } else {
      this.setHint('Nothing to complete: names of commands, of “info” and of what some commands take can be.')
    }
    this.repaint()
  }

  /** The table with the names that the machine has now for the first argument of a command. */
  async #withNames(table: HelpTable, before: string): Promise<HelpTable> {
    const word = /^\s*(\S+)\s+\S*$/.exec(before)?.[1] ?? ''
    const place = Object.hasOwn(namesAfter, word) ? namesAfter[word] : undefined
    if (place === undefined) return table
    const values = await liveValuesOf(this.machine)(place[0], [place[1]])
    return new Map([...table, [word, values.map((each) => each.value).sort()]])
  }

  async #readHelp(): Promise<HelpTable | undefined> {
    const outputs: string[] = []
    for (const line of ['help', 'help info']) {
      const reply = await this.machine.commands.call('human-monitor-command', { 'command-line': line })
      if (!reply.ok) {
        this.setHint(`Nothing to complete from: ${reply.error}`)
        return undefined
      }
      if (typeof reply.value === 'string') outputs.push(reply.value)
    }
    return readHelp(...outputs)
  }

  #printResult(result: RunResult): void {
    switch (result.kind) {
      case 'returned': {
        const value: Json = result.value
        const text = typeof value === 'string' ? value : printJson(value)
        if (text !== '') this.print(text)
        return
      }
      case 'refused':
        this.print(result.why, result.by === 'person' ? 'note' : 'error')
        return
      case 'failed':
        this.print(
          result.error.class === 'CommandNotFound'
            ? `${describeOutcome(result)}. This server has no human monitor.`
            : describeOutcome(result),
          'error',
        )
        return
      case 'timed-out':
      case 'unknown':
      case 'sent':
      case 'not-sent':
        this.print(describeOutcome(result), 'error')
    }
  }
}

/** The human monitors of all machines. */
export const makeHumanConsoles = (app: App): ConsoleShelf<HumanConsole> =>
  new ConsoleShelf(app.machines, (machine) => new HumanConsole(app, machine))
