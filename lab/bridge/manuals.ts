/**
 * The reference manuals of the installed QEMU, copied beside the page at run time: their texts belong to QEMU and are
 * nowhere in this project. `manuals.json` lists what there is.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { findProgram } from '../packages.ts'

/** What a manual is of. */
export type ManualSubject = 'qemu' | 'storage-daemon' | 'agent'

/** One manual of the list, as the page reads it. */
export interface ListedManual {
  readonly of: ManualSubject
  /** The address, relative to the page. */
  readonly file: string
  /** The version that it names, or that of the program that it belongs to. */
  readonly version?: string
}

interface Wanted {
  readonly of: ManualSubject
  readonly program: string
  /** Paths under a `share` folder, the best first. A part `*` is any folder. */
  readonly paths: readonly string[]
}

const wanted: readonly Wanted[] = [
  {
    of: 'qemu',
    program: 'qemu-system-x86_64',
    paths: ['doc/*/interop/qemu-qmp-ref.html', 'man/man7/qemu-qmp-ref.7'],
  },
  {
    of: 'storage-daemon',
    program: 'qemu-storage-daemon',
    paths: ['doc/*/interop/qemu-storage-daemon-qmp-ref.html', 'man/man7/qemu-storage-daemon-qmp-ref.7'],
  },
  {
    // The schema file says more than the manual that is made of it.
    of: 'agent',
    program: 'qemu-ga',
    paths: ['doc/*/qapi-schema.json', 'doc/*/interop/qemu-ga-ref.html', 'man/man7/qemu-ga-ref.7'],
  },
]

/** Put what is installed into the folder that is served, with `manuals.json`. Returns the list. */
export function publishManuals(web: string): readonly ListedManual[] {
  const list: ListedManual[] = []
  mkdirSync(join(web, 'manuals'), { recursive: true })
  for (const { of, program, paths } of wanted) {
    const found = findManual(sharesOf(program), paths)
    if (found === undefined) continue
    const file = `manuals/${of}${/\.[a-z0-9]+$/.exec(found.path)?.[0] ?? ''}`
    writeFileSync(join(web, file), found.bytes)
    const version = versionIn(found.bytes) ?? versionOf(program)
    list.push(version === undefined ? { of, file } : { of, file, version })
  }
  writeFileSync(join(web, 'manuals.json'), `${JSON.stringify({ version: 1, manuals: list }, null, 1)}\n`)
  return list
}

/** The version that a manual names: a man page in its first lines, an HTML page in its title. */
function versionIn(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, 20_000))
  const line = /^\.TH .*$/m.exec(text)?.[0] ?? /<title>[^<]*/.exec(text)?.[0]
  return line === undefined ? undefined : /\b\d+\.\d+\.\d+\b/.exec(line)?.[0]
}

function versionOf(program: string): string | undefined {
  const path = findProgram(program)
  if (path === undefined) return undefined
  const done = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  return /\b\d+\.\d+\.\d+\b/.exec(done.stdout)?.[0]
}

/** The folders in which a program's documentation may be: beside the program itself first. */
function sharesOf(program: string): string[] {
  const path = findProgram(program)
  const own = path === undefined ? [] : [join(dirname(dirname(realpathSync(path))), 'share')]
  return [...new Set([...own, '/usr/local/share', '/usr/share'])]
}

/** The first of the paths that is there, as it is or compressed; `path` without the `.gz`. */
export function findManual(
  shares: readonly string[],
  paths: readonly string[],
): { path: string; bytes: Uint8Array } | undefined {
  for (const share of shares) {
    for (const path of paths) {
      for (const each of expand(share, path.split('/'))) {
        const bytes = readMaybe(each) ?? gunzipMaybe(readMaybe(`${each}.gz`))
        if (bytes !== undefined) return { path: each, bytes }
      }
    }
  }
  return undefined
}

function expand(folder: string, parts: readonly string[]): string[] {
  const [first, ...rest] = parts
  if (first === undefined) return [folder]
  if (first !== '*') return expand(join(folder, first), rest)
  let folders: string[]
  try {
    folders = readdirSync(folder).filter((each) => each.startsWith('qemu'))
  } catch {
    return []
  }
  return folders.sort().flatMap((each) => expand(join(folder, each), rest))
}

function readMaybe(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function gunzipMaybe(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined) return undefined
  try {
    return gunzipSync(bytes)
  } catch {
    return undefined
  }
}
