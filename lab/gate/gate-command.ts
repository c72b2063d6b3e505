/** `gate`: the gate alone, without page and bridge, for machines whose sockets are in a folder. Tested by lab/gate/gate.real.test.ts. */
import { mkdtempSync, rmSync, statSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { findSockets, splitName } from '../bridge/lab-list.ts'
import type { FoundSocket } from '../bridge/lab-list.ts'
import { openAudit } from './audit/audit-file.ts'
import type { RecordEntry } from './audit/entry.ts'
import { createGate } from './gate.ts'
import type { GatedChannel } from './gate.ts'

const usage = `gate --sockets DIR [OPTIONS]

  Puts a gate before each machine whose unix sockets are in DIR, named NAME.CHANNEL: any number of clients at once on
  each monitor, line and agent. OUT/full has a socket of the same name for clients with all rights, OUT/watch one for
  those that may only watch.

  --sockets DIR   the sockets of the machines
  --out DIR       where the gate makes its own (a new folder that only you can look into)
  --audit FILE    keep a record there of who did what (JSON Lines, mode 0600, rotated)
  --help          this text`

/** How often the folder is looked at, in milliseconds: a watch does not see a listener that died. */
const pollMs = 500

/** Names of machines that are said at most. */
const mostNames = 5

/** The channels of a gate for these sockets: those on which somebody listens. `folder` has those without a target. */
export function gatedChannels(found: readonly FoundSocket[], folder: string): GatedChannel[] {
  return found
    .filter(({ listening }) => listening)
    .map(({ file, target, isReadByOthers }) => ({
      file,
      target: target ?? { path: join(folder, file) },
      ...(isReadByOthers === true ? { isHeld: false } : {}),
    }))
}

/**
 * The sockets that a gate takes, and those that it leaves alone: a machine whose monitor belongs to another program, with all
 * that it has, since a gate holds what it shares.
 */
export function withoutPolite(found: readonly FoundSocket[]): {
  readonly taken: readonly FoundSocket[]
  readonly left: readonly FoundSocket[]
  /** Why, in a sentence; undefined where none is left alone. */
  readonly why: string | undefined
} {
  const nameOf = (file: string): string => splitName(file)?.name ?? file
  const polite = found.filter((each) => each.polite === true && each.listening)
  const names = new Set(polite.map(({ file }) => nameOf(file)))
  if (names.size === 0) return { taken: found, left: [], why: undefined }
  const shown = [...names].slice(0, mostNames).join(', ')
  const more = names.size > mostNames ? ` and ${names.size - mostNames} more` : ''
  return {
    taken: found.filter(({ file }) => !names.has(nameOf(file))),
    left: found.filter(({ file }) => names.has(nameOf(file))),
    why: `The gate leaves ${shown}${more} alone, whose monitor belongs to another program: one client at a time, and none with the key for watching.`,
  }
}

/** A record in a file, or none; said is what is dropped or refused to be kept. The failure is a sentence. */
export function openRecord(
  path: string | undefined,
  say: (words: string) => void,
): Result<{ readonly record: RecordEntry; close(): void }, string> {
  const audit = path === undefined ? undefined : openAudit(resolve(path), { say })
  if (audit?.ok === false) return audit
  return ok({
    record(entry) {
      audit?.value.record(entry)
      const { who } = entry
      if (entry.did === 'dropped')
        say(`Client ${who.client} of ${who.channel} (${who.key}) was dropped: ${entry.why}.`)
    },
    close: () => audit?.value.close(),
  })
}

/** What runs, and how to end it. */
export interface RunningGate {
  /** The folder of the gate’s own sockets. */
  readonly out: string
  stop(): void
}

/** Start a gate for a folder of sockets; it follows what comes and goes there. The failure is a sentence. */
export async function startFolderGate(options: {
  readonly sockets: string
  readonly out: string | undefined
  readonly audit: string | undefined
  readonly say: (words: string) => void
}): Promise<Result<RunningGate, string>> {
  const { say } = options
  const sockets = resolve(options.sockets)
  if (statSync(sockets, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return err(`There is no folder ${sockets}. --sockets names the folder that holds NAME.qmp and the like.`)
  }
  const kept = openRecord(options.audit, say)
  if (!kept.ok) return kept
  const own = options.out === undefined ? mkdtempSync(join(tmpdir(), 'qmp-studio-gate-')) : undefined
  const out = own ?? resolve(options.out ?? '')
  if (out === sockets) return err('--out must be another folder than --sockets.')
  const gate = createGate({ folder: out, record: kept.value.record, say })
  let said: string | undefined
  const look = (): Promise<void> => {
    const { taken, why } = withoutPolite(findSockets(sockets))
    if (why !== undefined && why !== said) say(why)
    said = why
    return gate.setChannels(gatedChannels(taken, sockets))
  }
  await look()
  const timer = setInterval(() => void look(), pollMs)
  const watcher = watch(sockets, () => void look())
  watcher.on('error', () => watcher.close())
  return ok({
    out,
    stop() {
      clearInterval(timer)
      watcher.close()
      gate.stop()
      kept.value.close()
      if (own !== undefined) rmSync(own, { recursive: true, force: true })
    },
  })
}

/** The command. Runs until `signal` is aborted; returns the exit code. */
export async function runGate(args: readonly string[], signal: AbortSignal): Promise<number> {
  const read = readArgs(args)
  if (!read.ok) return fail(read.error)
  const { help, sockets, out, audit } = read.value
  if (help === true) {
    console.log(usage)
    return 0
  }
  if (sockets === undefined) return fail(`--sockets is missing.\n\n${usage}`)
  const started = await startFolderGate({ sockets, out, audit, say: (words) => console.log(words) })
  if (!started.ok) return fail(started.error)
  const gate = started.value
  console.log(
    `The gate is there.\n  all rights   ${join(gate.out, 'full')}\n  watching     ${join(gate.out, 'watch')}\n\n  Ctrl-C ends it.`,
  )
  await new Promise<void>((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
  gate.stop()
  return 0
}

interface GateArgs {
  readonly help?: boolean
  readonly sockets?: string
  readonly out?: string
  readonly audit?: string
}

function readArgs(args: readonly string[]): Result<GateArgs, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        sockets: { type: 'string' },
        out: { type: 'string' },
        audit: { type: 'string' },
      },
    })
    return ok(values)
  } catch (error) {
    return err(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

function fail(words: string): number {
  console.error(words)
  return 1
}
