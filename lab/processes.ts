/** Children of ours: started in a group of their own, ended with it, and nothing else is ever ended. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createLastWords } from './bridge/words.ts'

/** A running child. */
export interface Child {
  readonly pid: number
  /** The last lines that it said on either output, each whole. */
  readonly words: () => string
  /** Resolves with the exit code or the name of the signal, when it is over. */
  readonly over: Promise<number | string>
  readonly isOver: () => boolean
  /** End it and what it started: SIGTERM, and SIGKILL after two seconds. Resolves when it is over. */
  stop(): Promise<void>
  /** Kill it and what it started at once. */
  kill(): Promise<void>
}

const graceMs = 2000

/** What runs now: it ends with this process, however that ends but by SIGKILL. */
const running = new Map<number, ChildProcess>()
process.once('exit', () => {
  for (const [pid, child] of running) signalGroup(child, pid, 'SIGKILL')
})

/**
 * Start a program. `filter` sees each line that it says before the line is kept. Throws an error with a sentence when it
 * cannot be started at all.
 */
export async function startChild(
  program: string,
  args: readonly string[],
  options: { filter?: (line: string) => string; env?: Readonly<Record<string, string>> } = {},
): Promise<Child> {
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    // A group of its own: Ctrl-C in the terminal goes to us alone, and what the child forks ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const words = createLastWords(options.filter)
  for (const output of [child.stdout, child.stderr]) {
    const stream = words.stream()
    output.on('data', (data: Buffer) => stream.push(data))
  }
  let done = false
  const over = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      done = true
      resolve(code ?? signal ?? 'gone')
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', () => resolve())
    child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)))
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} could not be started.`)
  running.set(pid, child)
  // Its outputs stay open while anything that it forked lives, which nobody looks after now.
  child.once('exit', () => signalGroup(child, pid, 'SIGKILL'))
  void over.then(() => running.delete(pid))
  return {
    pid,
    words: () => words.text(),
    over,
    isOver: () => done,
    async stop() {
      if (done) return
      signalGroup(child, pid, 'SIGTERM')
      const timer = setTimeout(() => signalGroup(child, pid, 'SIGKILL'), graceMs)
      await over
      clearTimeout(timer)
    },
    async kill() {
      // Over: its number may be another process's by now.
      if (done) return
      signalGroup(child, pid, 'SIGKILL')
      await over
    },
  }
}

function signalGroup(child: ChildProcess, pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone; the child may be in the middle of it.
    child.kill(signal)
  }
}

/** Wait until `check` gives something, asking every 20 ms; undefined after `limitMs`. */
export async function waitFor<Value>(
  limitMs: number,
  check: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value | undefined> {
  const end = Date.now() + limitMs
  for (;;) {
    const value = await check()
    if (value !== undefined) return value
    if (Date.now() >= end) return undefined
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
