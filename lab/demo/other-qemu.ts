/**
 * A second version of QEMU beside the installed one: fetched from the backports of the distribution, unpacked and never
 * installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { findManual } from '../bridge/manuals.ts'

/** Where it is, or why it is not there. */
export type OtherQemu =
  | { readonly kind: 'there'; readonly program: string; readonly version: string }
  | { readonly kind: 'not-there'; readonly why: string }

const fetchMs = 180_000

function run(program: string, args: readonly string[], cwd: string): { ok: boolean; words: string } {
  const done = spawnSync(program, args, { cwd, timeout: fetchMs, encoding: 'utf8' })
  return { ok: done.status === 0, words: `${done.stdout}${done.stderr}`.trim() }
}

function versionOf(program: string): string | undefined {
  const done = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  return /version (\d+\.\d+\.\d+)/.exec(done.stdout)?.[1]
}

/** The reference manual of that version, as a man page, or why it is not there. */
export type OtherManual =
  | { readonly kind: 'there'; readonly text: string; readonly version: string }
  | { readonly kind: 'not-there'; readonly why: string }

function cacheOf(name: string): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qmp-studio', name)
}

/** The manual of the QEMU of the backports. Kept in the user's cache, so it is fetched once. */
export function backportsManual(): OtherManual {
  const folder = cacheOf('backports-manual')
  if (!existsSync(folder)) {
    // Tests that run at a time fetch it each for themselves; the first one that is done stays.
    mkdirSync(cacheOf(''), { recursive: true })
    const mine = mkdtempSync(`${folder}-`)
    try {
      const why = fetchInto(mine, 'qemu-system-common')
      if (why !== undefined) return { kind: 'not-there', why }
      if (!existsSync(folder)) renameSync(mine, folder)
    } finally {
      rmSync(mine, { recursive: true, force: true })
    }
  }
  const found = findManual([join(folder, 'root', 'usr', 'share')], ['man/man7/qemu-qmp-ref.7'])
  if (found === undefined) return { kind: 'not-there', why: 'the package has no manual' }
  const text = new TextDecoder().decode(found.bytes)
  const version = /"(\d+\.\d+)(?:\.\d+)*"/.exec(/^\.TH [^\n]*/m.exec(text)?.[0] ?? '')?.[1]
  return version === undefined
    ? { kind: 'not-there', why: 'the manual names no version' }
    : { kind: 'there', text, version }
}

/** The QEMU of the backports. Kept in the user's cache, so it is fetched once. */
export function backportsQemu(): OtherQemu {
  const folder = cacheOf('backports')
  const program = join(folder, 'root', 'usr', 'bin', 'qemu-system-x86_64')
  if (!existsSync(program)) {
    const why = fetchInto(folder, 'qemu-system-x86')
    if (why !== undefined) return { kind: 'not-there', why }
  }
  const version = versionOf(program)
  return version === undefined
    ? { kind: 'not-there', why: 'the QEMU of the backports does not start here' }
    : { kind: 'there', program, version }
}

/** For a machine of another QEMU that needs firmware: the installed one's. Only what is loaded from a device is not there. */
export const installedFirmware: readonly string[] = ['-L', '/usr/share/seabios', '-L', '/usr/share/qemu']

/** The sentence is why it could not be. */
function fetchInto(folder: string, name: string): string | undefined {
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true })
  mkdirSync(join(folder, 'root'), { recursive: true })
  // The mirror that this machine uses, with the backports of its release.
  const targets = run('apt-get', ['indextargets', '--format', '$(SITE) $(CODENAME) $(COMPONENT)'], folder)
  const main = targets.words.split('\n').find((line) => /^\S+ [a-z]+ main$/.test(line))
  const [site, release] = main?.split(' ') ?? []
  if (!targets.ok || site === undefined || release === undefined) return 'this system has no apt sources'
  writeFileSync(join(folder, 'sources.list'), `deb ${site} ${release}-backports main\n`)
  const options = [
    ...['-o', `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`, '-o', 'Dir::Etc::sourceparts=-'],
    ...['-o', `Dir::State::lists=${join(folder, 'lists')}`, '-o', 'Acquire::Languages=none'],
    ...['-o', `Dir::Cache::pkgcache=`, '-o', `Dir::Cache::srcpkgcache=`],
  ]
  const update = run('apt-get', [...options, 'update'], folder)
  if (!update.ok) return `the list of the backports could not be fetched: ${update.words.slice(-200)}`
  const fetched = run('apt-get', [...options, 'download', name], folder)
  if (!fetched.ok) return `the package could not be fetched: ${fetched.words.slice(-200)}`
  const file = readdirSync(folder).find((each) => each.startsWith(`${name}_`))
  if (file === undefined) return 'the package is not where it should be'
  const unpacked = run('dpkg', ['-x', file, 'root'], folder)
  return unpacked.ok ? undefined : `the package could not be unpacked: ${unpacked.words.slice(-200)}`
}
