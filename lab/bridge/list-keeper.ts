/** Keeps what depends on the sockets of a lab true: the tokens of its bridge, and the `lab.json` of its page. */
import { renameSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf } from './key.ts'
import type { OtherHost } from '../serve/serve-options.ts'
import { buildList, findSockets, splitName } from './lab-list.ts'
import type { FoundSocket, MachineAbout } from './lab-list.ts'
import { socketsOf } from '../attach/attached.ts'
import type { AttachedSource } from '../attach/attached.ts'
import { tokenLines, writePrivate } from './tokens.ts'

/** Keeps both files true. */
export interface ListKeeper {
  /** The file of the tokens. */
  readonly tokens: string
  /** Look again now. */
  refresh(): void
  stop(): void
}

/** A gate, as the list needs it. */
export interface ListedGate {
  /** The key with which one may only watch. */
  readonly watchKey: string
  /** These are the sockets now. */
  follow(found: readonly FoundSocket[]): void
  /** The lines of the file of tokens for these sockets: those of both keys. */
  tokenLines(found: readonly FoundSocket[]): string
  /** Sentences for people about these sockets. */
  problems(found: readonly FoundSocket[]): readonly string[]
}

/** What is kept, and where. */
export interface KeptList {
  /** The folder of the sockets. */
  readonly sockets: string
  /** The same folder as the bridge names it: a path that can stand in a TokenFile. */
  readonly target: string
  readonly key: string
  /** A folder that only its owner can look into. */
  readonly private: string
  /** The file that is served. */
  readonly list: string
  /** The gate before the machines, where there is one. */
  readonly gate?: ListedGate | undefined
  /** What attaches machines beside the folder. Of two of a name that of the folder counts, then the first. */
  readonly attached?: readonly AttachedSource[]
  readonly demo?: string
  readonly bridge?: string
  readonly problems?: () => readonly string[]
  /** Other hosts that the list names. */
  readonly hosts?: readonly OtherHost[]
  readonly pollMs?: number
}

/** How often the folder is looked at for what a watch does not see: a listener that died and left its socket behind. */
const pollMs = 500

/** Write both files now and whenever sockets come or go: at once by a watch on the folder, and every `pollMs`. */
export function keepList(kept: KeptList): ListKeeper {
  const { key, demo, bridge } = kept
  const tokens = join(kept.private, 'tokens')
  let lastTokens: string | undefined
  let lastList = ''
  const refresh = (): void => {
    const { found, about, problems } = findAll(kept.sockets, kept.attached ?? [])
    // The tokens first: a page connects as soon as it reads of a machine.
    kept.gate?.follow(found)
    const lines = kept.gate?.tokenLines(found) ?? tokenLines(found, kept.target, key)
    if (lines !== lastTokens) writePrivate(tokens, lines)
    lastTokens = lines
    const list = buildList(found, {
      ...(demo === undefined ? {} : { demo }),
      ...(bridge === undefined ? {} : { bridge }),
      keySha256: hashOf(key),
      ...(kept.gate === undefined ? {} : { watchKeySha256: hashOf(kept.gate.watchKey) }),
      hosts: kept.hosts ?? [],
      about,
      problems: [...(kept.problems?.() ?? []), ...problems, ...(kept.gate?.problems(found) ?? [])],
    })
    const text = `${JSON.stringify(list, null, 1)}\n`
    if (text === lastList) return
    lastList = text
    // Written whole or not at all.
    writeFileSync(`${kept.list}.new`, text)
    renameSync(`${kept.list}.new`, kept.list)
  }
  refresh()
  const timer = setInterval(refresh, kept.pollMs ?? pollMs)
  const watcher = watch(kept.sockets, refresh)
  watcher.on('error', () => watcher.close())
  return {
    tokens,
    refresh,
    stop() {
      clearInterval(timer)
      watcher.close()
    },
  }
}

/** The sockets of the folder and of whatever else attaches machines. */
function findAll(
  folder: string,
  sources: readonly AttachedSource[],
): {
  readonly found: readonly FoundSocket[]
  readonly about: ReadonlyMap<string, MachineAbout>
  readonly problems: readonly string[]
} {
  const found = findSockets(folder)
  const about = new Map<string, MachineAbout>()
  const problems: string[] = []
  const names = new Set(
    found.flatMap(({ file, listening }) => (listening ? (splitName(file)?.name ?? []) : [])),
  )
  for (const source of sources) {
    const attached = source.look()
    problems.push(...attached.problems)
    const fresh = attached.machines.filter(({ name }) => {
      if (!names.has(name)) return true
      problems.push(`There are two machines “${name}”: one of them is left out.`)
      return false
    })
    found.push(...socketsOf(fresh))
    for (const machine of fresh) {
      names.add(machine.name)
      about.set(machine.name, machine)
    }
  }
  return { found, about, problems }
}
