/**
 * The lock of a machine: which commands pass it, which it refuses, and which a person must confirm. Pure.
 * @adr 0039
 */
import { clip } from '#base/clip.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { commandEffect, lineEffect, commandInLine, parserReset } from '#qapi/check/effect.ts'
import type { Effect } from '#qapi/check/effect.ts'
import { redact } from '#qapi/secrets/secrets.ts'
import { namesInCommand } from '#trace/follow/named-things.ts'
import type { Question } from '../page/confirm.svelte.ts'
import { words } from '#words/sentence.ts'

/** The rules of the lock, as code that is loaded when something is to be sent. */
export interface LockRules {
  readonly lockOnCommand: typeof lockOnCommand
  readonly lockOnLine: typeof lockOnLine
  readonly commandEffect: typeof commandEffect
  readonly commandInLine: typeof commandInLine
}

export { commandEffect, commandInLine }

/** What the lock says of something that a person wants to send. */
export type LockAnswer =
  | { readonly kind: 'pass' }
  /** A sentence. */
  | { readonly kind: 'refuse'; readonly why: string }
  | { readonly kind: 'ask'; readonly question: Question }

/** Longer words are cut in a question, in UTF-16 units: the buttons stay in sight. */
const longestWords = 200
/** Of the name of what a command is about: ids have a dozen. */
const longestThing = 60

/**
 * Ask the lock about a command. `lock` is what was stored: all that is not a lock that this page knows, asks. `watch`: the
 * page has a key that lets it change nothing, and the gate refuses the human monitor besides.
 */
export function lockOnCommand(
  lock: string,
  machine: string,
  name: string,
  args: JsonObject | undefined,
): LockAnswer {
  if (lock === 'watch' && name === 'human-monitor-command')
    return { kind: 'refuse', why: `You watch ${machine}: the human monitor is not open to those who watch.` }
  // A line of the human monitor is known by what was typed.
  const line = name === 'human-monitor-command' ? args?.['command-line'] : undefined
  const typed = typeof line === 'string' ? line.trim() : name
  return answer(lock, machine, typed, commandEffect(name, args), typed === name ? args : undefined)
}

/** Ask the lock about a line that is sent as it was typed. */
export function lockOnLine(lock: string, machine: string, line: string): LockAnswer {
  const command = commandInLine(line)
  if (command !== undefined) return lockOnCommand(lock, machine, command.name, command.arguments)
  const typed = line === parserReset ? 'the reset of the parser' : line.trim()
  return answer(lock, machine, typed, lineEffect(line))
}

function answer(lock: string, machine: string, typed: string, effect: Effect, args?: JsonObject): LockAnswer {
  if (lock === 'free' || effect.kind === 'reads') return { kind: 'pass' }
  const short = typed.length > longestWords ? `${typed.slice(0, longestWords)}…` : typed
  if (lock === 'read-only' || lock === 'watch') {
    const why = effect.kind === 'changes' ? `${short} could change it.` : effect.what
    if (lock === 'watch') return { kind: 'refuse', why: `You watch ${machine}: nothing was sent. ${why}` }
    return { kind: 'refuse', why: `${machine} is locked: read only. ${why} Unlock it to run this.` }
  }
  if (effect.kind === 'changes') return { kind: 'pass' }
  const thing = args === undefined ? undefined : thingIn(short, args)
  return {
    kind: 'ask',
    question: {
      title:
        thing === undefined ? words`${short} on ${machine}?` : words`${short} of ${thing} on ${machine}?`,
      text: [...words`On ${machine}: `, effect.what, ...sentWords(short, args)],
      action: words`Run ${short}`,
    },
  }
}

/** What of the machine the command is about, by its name. */
function thingIn(name: string, args: JsonObject): string | undefined {
  const [first] = namesInCommand(name, redact(name, args).arguments)
  return first === undefined ? undefined : clip(first.name, longestThing)
}

/** What is sent, with the names in its arguments and without secrets. */
function sentWords(name: string, args: JsonObject | undefined): Question['text'] {
  if (args === undefined || Object.keys(args).length === 0) return []
  const { arguments: shown } = redact(name, args)
  return [' ', ...words`Sent: ${clip(`${name} ${printJson(shown ?? {})}`, longestWords)}`]
}
