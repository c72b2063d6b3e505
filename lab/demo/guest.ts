/**
 * The demo guest: a Debian kernel and an initramfs of busybox, the virtio modules and the guest agent, made at first
 * start out of Debian packages and kept in the user's cache. Neither root nor an installation is needed: packages are
 * downloaded and unpacked beside.
 * Tested by lab/demo/demo.real.test.ts.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { writeCpio } from './cpio.ts'
import type { CpioEntry } from './cpio.ts'
import { findProgram } from '../packages.ts'
import { cacheFolder, root } from '../paths.ts'

/** What a machine needs to boot the guest. */
export interface Guest {
  readonly kernel: string
  readonly initramfs: string
  /** Size of the initramfs in bytes. */
  readonly bytes: number
  /** It was in the cache already. */
  readonly cached: boolean
}

const kernelPackage = 'linux-image-cloud-amd64'
/** Everything that qemu-ga of Debian 12 is linked with; another release's libraries are taken from this machine. */
const packages = [
  'busybox-static',
  'qemu-guest-agent',
  'libc6',
  'libglib2.0-0',
  'libpcre2-8-0',
  'libudev1',
  'libnuma1',
  'liburing2',
]
/** The modules by name; those that they depend on are loaded before them. */
const modules = [
  'virtio_pci',
  'virtio_blk',
  'virtio_console',
  'virtio_balloon',
  'virtio_net',
  'virtio_input',
  'evdev',
  'button',
  'pvpanic_pci',
  'loop',
  // ext4 looks for it when it mounts, and names it in no dependency.
  'crc32c_generic',
  'ext4',
]
const format = 4

/** The guest from the cache, or made now. `say` is told what takes time. The failure is a sentence. */
export function buildGuest(say: (words: string) => void): Result<Guest, string> {
  const init = readFileSync(join(root, 'lab', 'demo', 'guest', 'init'))
  const key = createHash('sha256')
    .update(init)
    .update(JSON.stringify([packages, modules, format]))
    .digest('hex')
    .slice(0, 12)
  const folder = cacheFolder('guest')
  const kernel = join(folder, `vmlinuz-${key}`)
  const initramfs = join(folder, `initramfs-${key}.gz`)
  if (existsSync(kernel) && existsSync(initramfs)) {
    return ok({ kernel, initramfs, bytes: readFileSync(initramfs).length, cached: true })
  }
  for (const program of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (findProgram(program) === undefined)
      return err(`${program} is missing: the guest is made of Debian packages.`)
  }
  say('Making the demo guest out of Debian packages (once, about 40 MB to download)…')
  const work = join(folder, `work-${process.pid}`)
  try {
    const unpacked = download(work)
    if (!unpacked.ok) return unpacked
    const made = assemble(unpacked.value, init)
    if (!made.ok) return made
    copyFileSync(made.value.kernel, `${kernel}.new`)
    writeFileSync(`${initramfs}.new`, made.value.initramfs)
    renameSync(`${kernel}.new`, kernel)
    renameSync(`${initramfs}.new`, initramfs)
    return ok({ kernel, initramfs, bytes: made.value.initramfs.length, cached: false })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function run(program: string, args: readonly string[], cwd: string): Result<string, string> {
  const done = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (done.status === 0) return ok(done.stdout)
  const words = `${done.stderr}${done.stdout}`.trim().split('\n').slice(-3).join(' ')
  return err(`${program} ${args[0] ?? ''} failed: ${words}`)
}

/** Download and unpack. Returns the folder that they are unpacked in. */
function download(work: string): Result<string, string> {
  mkdirSync(work, { recursive: true })
  const tree = join(work, 'tree')
  let list = run('apt-cache', ['depends', kernelPackage], work)
  if (!list.ok && process.getuid?.() === 0) {
    // A fresh machine has no list of packages yet.
    run('apt-get', ['-q', 'update'], work)
    list = run('apt-cache', ['depends', kernelPackage], work)
  }
  if (!list.ok) return err(`${list.error} (apt-get update gets the list of packages)`)
  const image = /Depends: (linux-image-\S+)/.exec(list.value)?.[1]
  if (image === undefined) return err(`apt-cache knows no ${kernelPackage}: run apt-get update once.`)
  // One by one: a library that this release names otherwise is taken from this machine instead.
  for (const name of [image, ...packages]) {
    const got = run('apt-get', ['-q', 'download', name], work)
    if (!got.ok && (name === image || name === 'busybox-static')) return got
  }
  for (const file of readdirSync(work).filter((each) => each.endsWith('.deb'))) {
    const unpacked = run('dpkg-deb', ['-x', file, tree], work)
    if (!unpacked.ok) return unpacked
  }
  return ok(tree)
}

function assemble(tree: string, init: Uint8Array): Result<{ kernel: string; initramfs: Uint8Array }, string> {
  const boot = join(tree, 'boot')
  const kernelName = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'))
  if (kernelName === undefined) return err('the kernel package has no kernel in it.')
  const version = kernelName.slice('vmlinuz-'.length)
  const entries: CpioEntry[] = []
  const folders = new Set<string>()
  const folder = (path: string): void => {
    if (path === '' || path === '.' || folders.has(path)) return
    folder(path.split('/').slice(0, -1).join('/'))
    folders.add(path)
    entries.push({ kind: 'folder', path })
  }
  const file = (path: string, data: Uint8Array, executable: boolean): void => {
    folder(path.split('/').slice(0, -1).join('/'))
    entries.push({ kind: 'file', path, data, executable })
  }
  for (const path of ['dev', 'proc', 'sys', 'etc', 'etc/acpi']) folder(path)
  // The kernel's own console, before /dev is mounted.
  entries.push({ kind: 'device', path: 'dev/console', major: 5, minor: 1 })
  file('init', init, true)
  const busybox = firstOf(tree, ['bin/busybox', 'usr/bin/busybox'])
  const moduleFolder = firstOf(tree, [`lib/modules/${version}/kernel`, `usr/lib/modules/${version}/kernel`])
  if (busybox === undefined || moduleFolder === undefined) {
    return err(`the packages hold no ${busybox === undefined ? 'busybox' : 'modules'} where it is expected.`)
  }
  file('bin/busybox', readFileSync(busybox), true)
  const files = moduleFiles(moduleFolder)
  if ([...files.values()].some((path) => path.endsWith('.xz')) && findProgram('xz') === undefined) {
    return err('xz is missing: the modules of this kernel are packed with it. (Debian: xz-utils)')
  }
  const order: string[] = []
  for (const name of modules) inLoadOrder(name, files, order)
  if (!order.includes('virtio_pci')) return err(`the kernel ${version} has no virtio modules.`)
  for (const name of order) file(`lib/modules/${name}.ko`, readModule(files.get(name) ?? ''), false)
  const list = order.map((name) => `${name}.ko\n`).join('')
  file('lib/modules/order', new TextEncoder().encode(list), false)
  addAgent(tree, file)
  return ok({ kernel: join(boot, kernelName), initramfs: gzipSync(writeCpio(entries), { level: 9 }) })
}

/** The first of these paths that is there: newer releases have moved everything below usr. */
function firstOf(tree: string, paths: readonly string[]): string | undefined {
  return paths.map((each) => join(tree, each)).find((each) => existsSync(each))
}

/** A module as the kernel takes it: newer releases pack theirs with xz, which Node does not know. */
export function readModule(path: string): Buffer {
  if (!path.endsWith('.xz')) return readFileSync(path)
  const done = spawnSync(findProgram('xz') ?? '/usr/bin/xz', ['-dc', path], { maxBuffer: 64 * 1024 * 1024 })
  if (done.status === 0) return done.stdout
  throw new Error(`${basename(path)} could not be unpacked: ${done.error?.message ?? String(done.stderr)}`)
}

/** The module files below a folder, by the name of the module (which has underscores where the file may have dashes). */
function moduleFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const name = /^(.+)\.ko(?:\.xz)?$/.exec(entry.name)?.[1]
    if (name !== undefined) files.set(name.replaceAll('-', '_'), join(entry.parentPath, entry.name))
  }
  return files
}

/** Put a module behind those that it says it depends on. */
function inLoadOrder(name: string, files: ReadonlyMap<string, string>, order: string[]): void {
  const path = files.get(name)
  if (path === undefined || order.includes(name)) return
  const depends = /\0depends=([^\0]*)\0/.exec(readModule(path).toString('latin1'))?.[1] ?? ''
  for (const each of depends.split(',')) if (each !== '') inLoadOrder(each, files, order)
  order.push(name)
}

/** The guest agent with its libraries, where it can be had; the guest works without. */
function addAgent(tree: string, file: (path: string, data: Uint8Array, executable: boolean) => void): void {
  const agent = firstOf(tree, ['usr/sbin/qemu-ga', 'usr/bin/qemu-ga']) ?? findProgram('qemu-ga')
  if (agent === undefined) return
  const libraries = new Map<string, string>()
  const open = [agent]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const name of neededBy(path)) {
      if (libraries.has(name)) continue
      const found = findLibrary(tree, name)
      if (found === undefined) return
      libraries.set(name, found)
      open.push(found)
    }
  }
  file('usr/sbin/qemu-ga', readFileSync(agent), true)
  for (const [name, path] of libraries) {
    const target = name.startsWith('ld-linux') ? `lib64/${name}` : `lib/x86_64-linux-gnu/${name}`
    file(target, readFileSync(path), true)
  }
}

const libraryFolders = [
  'lib/x86_64-linux-gnu',
  'usr/lib/x86_64-linux-gnu',
  'lib64',
  'usr/lib64',
  'lib',
  'usr/lib',
]

function findLibrary(tree: string, name: string): string | undefined {
  for (const base of [tree, '/']) {
    for (const folder of libraryFolders) {
      const path = join(base, folder, name)
      if (existsSync(path)) return realpathSync(path)
    }
  }
  return undefined
}

/**
 * The names of the shared libraries that an ELF file needs (DT_NEEDED), and its interpreter: read from the file,
 * because ldd would run it and binutils may be missing. 64-bit little-endian only, as this guest is.
 */
export function neededBy(path: string): string[] {
  const data = readFileSync(path)
  if (data.readUInt32BE(0) !== 0x7f454c46) return []
  const headers = Number(data.readBigUInt64LE(32))
  const size = data.readUInt16LE(54)
  const count = data.readUInt16LE(56)
  const segments = Array.from({ length: count }, (_, index) => {
    const at = headers + index * size
    return {
      type: data.readUInt32LE(at),
      offset: Number(data.readBigUInt64LE(at + 8)),
      address: Number(data.readBigUInt64LE(at + 16)),
      bytes: Number(data.readBigUInt64LE(at + 32)),
    }
  })
  const fileOffset = (address: number): number => {
    const segment = segments.find(
      (each) => each.type === 1 && address >= each.address && address < each.address + each.bytes,
    )
    return segment === undefined ? 0 : segment.offset + address - segment.address
  }
  const textAt = (at: number): string => data.toString('latin1', at, data.indexOf(0, at))
  const names: string[] = []
  const interpreter = segments.find((each) => each.type === 3)
  if (interpreter !== undefined) names.push(basename(textAt(interpreter.offset)))
  const dynamic = segments.find((each) => each.type === 2)
  if (dynamic === undefined) return names
  const needed: number[] = []
  let strings = 0
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.bytes; at += 16) {
    const tag = Number(data.readBigInt64LE(at))
    const value = Number(data.readBigUInt64LE(at + 8))
    if (tag === 1) needed.push(value)
    else if (tag === 5) strings = fileOffset(value)
  }
  return [...names, ...needed.map((offset) => textAt(strings + offset))]
}
