/**
 * `npm start`: build, bridge, demo machine, one address; Ctrl-C ends what it started and nothing else.
 * Tested by lab/lab.real.test.ts.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { addressOf } from './bridge/bridge.ts'
import { keepBridge } from './bridge/bridge-keeper.ts'
import { openAttachments } from './attach/attach.ts'
import { buildPage } from './build.ts'
import { DemoKeeper } from './demo/demo-keeper.ts'
import { demoName } from './demo/demo.ts'
import {
  keepKey,
  keepWatchKey,
  pageUrl,
  printedAddress,
  printedWatchAddress,
  showKey,
} from './bridge/key-command.ts'
import { findSockets } from './bridge/lab-list.ts'
import { keepList } from './bridge/list-keeper.ts'
import { openLabGate } from './gate/lab-gate.ts'
import type { LabGate } from './gate/lab-gate.ts'
import { readOptions, usage } from './options.ts'
import type { StartOptions } from './options.ts'
import { ensurePackages, startPackages } from './packages.ts'
import { findPlace, mayListen } from './serve/listening.ts'
import { findOpened, publishOpened } from './serve/opened-file.ts'
import type { OpenedFile } from './serve/opened-file.ts'
import { publishPage } from './serve/page-files.ts'
import { clearSocket } from './serve/unix-socket.ts'
import { whyNoTarget } from './bridge/tokens.ts'

/** Everything that is running, and how to end it. */
export interface Lab {
  /** The page. */
  readonly url: string
  /** The page with the key in its fragment: for a person, and for no log. */
  readonly address: string
  /** The process number of the bridge that runs now. */
  bridgePid(): number
  stop(): Promise<void>
}

/** What a lab is made of. `bridge` names the address that pages use, where it is not the page's own. */
export interface LabParts {
  readonly options: StartOptions
  /** The key that the bridge wants. */
  readonly key: string
  /** The key with which one may only watch: it needs a gate. */
  readonly watchKey?: string
  readonly origins?: readonly string[]
  readonly bridge?: string
  readonly say: (words: string) => void
  /** Ends what was begun when it comes in the middle of the start. */
  readonly signal?: AbortSignal
  /** A file that the page can show. */
  readonly opened?: OpenedFile
}

/** What a start that was ended in its middle fails with: nothing to be said. */
export const endedEarly = ''

/** The command. Returns the exit code. */
export function runStart(args: readonly string[]): Promise<number> {
  return run(readOptions(args))
}

/** `open FILE`: the page with a file, and no machine but those of `--sockets`. Returns the exit code. */
export function runOpen(args: readonly string[]): Promise<number> {
  const [path = '--help', ...rest] = args
  if (path.startsWith('-')) {
    console.log(openUsage)
    return Promise.resolve(path === '--help' || path === '-h' ? 0 : 2)
  }
  const file = findOpened(path)
  return file.ok ? run(readOptions(['--no-demo', ...rest]), file.value) : Promise.resolve(fail(file.error))
}

const openUsage = `open FILE [OPTIONS]: the page with a recording, a schema, a manual or a collection.
What the file is, is found out by its content; nothing is connected. The options are those of start.`

async function run(read: Result<StartOptions, string>, opened?: OpenedFile): Promise<number> {
  if (!read.ok) return fail(read.error)
  const options = read.value
  if (options.help) {
    console.log(opened === undefined ? usage : openUsage)
    return 0
  }
  if (options.showKey) return showKey(options, pageUrl(options), opened)
  // Before anything is built or made.
  const allowed = mayListen(options.serve, options.listen)
  if (!allowed.ok) return fail(allowed.error)
  const key = keepKey(options)
  if (key === undefined) return 1
  const watchKey = options.gate === true ? keepWatchKey(options) : undefined
  if (options.gate === true && watchKey === undefined) return 1
  // What is said during the start comes before the one address.
  ensurePackages(startPackages)
  const built = await buildPage()
  if (!built.ok) return fail(built.error)
  const signal = endSignal()
  const lab = await startLab({
    ...{ options, key, say: (words: string) => console.log(words), signal },
    ...(watchKey === undefined ? {} : { watchKey }),
    ...(opened === undefined ? {} : { opened }),
  })
  if (!lab.ok) return lab.error === endedEarly ? 0 : fail(lab.error)
  const watching = watchKey === undefined ? '' : `\n  ${printedWatchAddress(lab.value.url, watchKey)}\n`
  const what = opened === undefined ? 'QMP Studio' : opened.name
  console.log(
    `\n${wayTo(options)}  ${what} is at  ${printedAddress(lab.value.url, key, opened)}\n${watching}\n  Ctrl-C ends it.`,
  )
  await aborted(signal)
  await lab.value.stop()
  return 0
}

/**
 * Aborted by Ctrl-C and its like. From the first child on there must be a listener: the default is to die at once,
 * and the children, in groups of their own, would live on. A second signal does not cut the cleaning up short.
 */
export function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  return controller.signal
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (signal.aborted) done(undefined)
    else signal.addEventListener('abort', () => done(undefined), { once: true })
  })
}

/** How to get to a page that no port leads to. */
function wayTo({ serve, port }: StartOptions): string {
  return serve.unix === undefined
    ? ''
    : `  From your own machine:  ssh -N -L ${port}:${resolve(serve.unix)} HOST\n`
}

function fail(words: string): number {
  console.error(words)
  return 1
}

/** Bring up a lab: a folder of sockets, its list, the bridge, the demo machine. The failure is a sentence. */
export async function startLab(parts: LabParts): Promise<Result<Lab, string>> {
  const { options, say } = parts
  if (options.sockets !== undefined && !isFolder(options.sockets)) {
    return err(
      `There is no folder ${options.sockets}. --sockets names the folder that holds NAME.qmp and the like.`,
    )
  }
  const place = await findPlace(options, say)
  if (!place.ok) return place
  const { port, unix } = place.value
  const folders = makeFolders(options.sockets)
  if (!folders.ok) return folders
  const { run, web, state, target, sockets } = folders.value
  if (parts.opened !== undefined) publishOpened(parts.opened, parts.key, web)

  const attachments = await openAttachments(options, run, say)
  if (!attachments.ok) return cleared(run, attachments)
  const gate = gateOf(parts, folders.value)
  if (!gate.ok) {
    await attachments.value.stop()
    return cleared(run, gate)
  }
  const problems: string[] = []
  const list = keepList({
    ...{ sockets, target, private: run, list: join(web, 'lab.json'), key: parts.key },
    gate: gate.value,
    ...(options.demo ? { demo: demoName } : {}),
    ...(parts.bridge === undefined ? {} : { bridge: parts.bridge.replace('PORT', String(port)) }),
    attached: attachments.value.sources,
    problems: () => problems,
    hosts: options.serve.hosts,
  })
  const started = await keepBridge(
    {
      ...{ web, tokens: list.tokens, key: parts.key, listen: options.listen, ...place.value },
      watchKey: parts.watchKey,
      gate: gate.value?.bridgeFolder,
      origins: [...(parts.origins ?? []), ...options.serve.origins],
    },
    say,
  )
  if (!started.ok) {
    list.stop()
    await attachments.value.stop()
    gate.value?.stop()
    rmSync(run, { recursive: true, force: true })
    return started
  }
  const bridge = started.value
  const warn = (words: string): void => {
    problems.push(words)
    say(words)
    list.refresh()
  }
  const demo = options.demo
    ? new DemoKeeper({ sockets, state, guest: undefined }, options, warn, say, list)
    : undefined
  if (demo === undefined && parts.opened === undefined) sayWhatIsMissing(options, sockets, say)
  const url = pageUrl({ ...options, port })
  const lab: Lab = {
    url,
    address: addressOf(url, parts.key),
    bridgePid: () => bridge.pid(),
    async stop() {
      list.stop()
      await Promise.all([demo?.stop(), bridge.stop(), attachments.value.stop()])
      gate.value?.stop()
      if (unix !== undefined) clearSocket(unix)
      rmSync(run, { recursive: true, force: true })
    },
  }
  const { signal } = parts
  if (demo !== undefined) {
    signal?.addEventListener('abort', demo.abandon, { once: true })
    if (signal?.aborted !== true) await demo.start()
  }
  if (signal?.aborted !== true) return ok(lab)
  await lab.stop()
  return err(endedEarly)
}

/** Without a demo machine: whether there is any other. */
function sayWhatIsMissing(options: StartOptions, sockets: string, say: (words: string) => void): void {
  if (options.sockets === undefined) {
    if (options.machines === undefined && options.libvirt === undefined)
      say('No demo machine and no --sockets: the page can be given addresses by hand.')
  } else if (!findSockets(sockets).some((each) => each.listening)) {
    say(
      `No machine listens in ${sockets} yet: the page shows each as soon as its NAME.qmp is there, or can be given addresses by hand.`,
    )
  }
}

/** The gate, where there is a key for watching. The failure is a sentence. */
function gateOf(parts: LabParts, folders: LabFolders): Result<LabGate | undefined, string> {
  const { key, watchKey, say, options } = parts
  if (watchKey === undefined) return ok(undefined)
  const { run, sockets, target } = folders
  return openLabGate({ run, sockets, target, key, watchKey, say, audit: options.audit })
}

/** What failed, once the private folder is gone. */
function cleared<Failure>(run: string, failure: Failure): Failure {
  rmSync(run, { recursive: true, force: true })
  return failure
}

/** The folders of a lab that runs. */
interface LabFolders {
  /** Private (0700), with all others in it; removed at the end. */
  readonly run: string
  /** What the bridge serves: the page, its list and its manuals. */
  readonly web: string
  /** Disks and logs. */
  readonly state: string
  /** The path by which the bridge finds the sockets. */
  readonly target: string
  readonly sockets: string
}

/** Make the folders, with the page in the served one. `given` is a folder of sockets that somebody has. */
function makeFolders(given: string | undefined): Result<LabFolders, string> {
  // Private (0700): disks, logs, tokens, sockets, and the served folder, which must hold nothing but the page and its list.
  const run = mkdtempSync(join(tmpdir(), 'qmp-studio-'))
  const web = join(run, 'web')
  const state = join(run, 'state')
  // The bridge finds the sockets by a path that can stand in its file of tokens, whatever their folder is called.
  const target = join(run, 'sockets')
  const sockets = given === undefined ? target : resolve(given)
  const wrong = whyNoTarget(target)
  if (wrong !== undefined) {
    rmSync(run, { recursive: true, force: true })
    return err(`${wrong} TMPDIR names the folder for what a lab needs while it runs.`)
  }
  for (const folder of [web, state]) mkdirSync(folder)
  if (sockets === target) mkdirSync(target)
  else symlinkSync(sockets, target)
  publishPage(web)
  return ok({ run, web, state, target, sockets })
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
