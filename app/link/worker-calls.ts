/**
 * The table of the page's calls to a machine's worker. Each has one line: whether an answer is awaited, the value that the
 * call has when the worker is dead or does not answer, and how long it may take. Commands are not in it: they always
 * have an outcome (worker-link.ts).
 */
import { err } from '#base/result.ts'
import type { MachineWorker } from '#api/machine.ts'

/** How long the answer to a question about the record may take, in milliseconds. Each needs a few milliseconds. */
const answerMs = 30_000
/** The same for a question that is answered in steps, and for reading a file. */
const stepsMs = 120_000
const fileMs = 900_000

/** A call whose answer nobody needs. */
const tell = { kind: 'tell' } as const

/** A call that is answered: with `dead` where the worker cannot, within `limitMs` of a page that runs. */
function ask<const Dead>(dead: Dead, limitMs: number = answerMs) {
  return { kind: 'ask', dead, limitMs } as const
}

/** The name of a call of the table. */
export type CallName = Exclude<keyof MachineWorker, 'ping' | 'listen' | 'execute' | 'sendRaw' | 'openLine'>

/** All calls. A call of the worker that is not here does not compile. */
export const workerCalls = {
  connect: tell,
  disconnect: tell,
  wake: tell,
  hurry: tell,
  clear: tell,
  subscribe: tell,
  setAlerts: tell,
  setRecording: tell,
  closeQuery: tell,
  endSaving: tell,
  cancel: ask(false),
  text: ask(undefined),
  rows: ask([]),
  family: ask([]),
  commandsBefore: ask([]),
  openQuery: ask(-1),
  readQuery: ask(undefined),
  statistics: ask(undefined),
  names: ask([]),
  keep: ask(undefined),
  adopt: ask(undefined),
  openRecording: ask(err('The worker of the recording died.'), fileMs),
  replay: ask(undefined),
  noteChannel: ask(undefined),
  outline: ask(undefined, stepsMs),
  beginSaving: ask(-1),
  savedPart: ask(undefined),
} as const satisfies { readonly [Each in CallName]: typeof tell | ReturnType<typeof ask> }

/** The names of all calls. */
export const callNames = Object.keys(workerCalls) as readonly CallName[]

type Table = typeof workerCalls

/** How a call is made. */
export type CallPlan = Table[CallName]

/** The calls as the page makes them: with the parameters of the worker's. */
export type WorkerCalls = {
  readonly [Each in CallName]: (
    ...args: Parameters<MachineWorker[Each]>
  ) => Table[Each] extends { readonly dead: infer Dead }
    ? Promise<Awaited<ReturnType<MachineWorker[Each]>> | Dead>
    : undefined
}

/** The calls that are answered: questions about the record. */
export type AnsweredCalls = Pick<
  WorkerCalls,
  | { [Each in CallName]: Table[Each] extends { readonly kind: 'ask' } ? Each : never }[CallName]
  | 'closeQuery'
  | 'endSaving'
>
