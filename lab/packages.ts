/** The Debian packages that are needed, and how to come by them. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A package and the program by which it is known to be there. */
export interface DebianPackage {
  readonly name: string
  readonly program: string
  /** A program that does as well, where the first is not there. */
  readonly instead?: string
  readonly what: string
}

/** What `npm start` needs. */
export const startPackages: readonly DebianPackage[] = [
  { name: 'qemu-system-x86', program: 'qemu-system-x86_64', what: 'runs the demo machine' },
  { name: 'websockify', program: 'websockify', what: 'bridges WebSockets to sockets' },
]

/** What the tests need besides. */
export const testPackages: readonly DebianPackage[] = [
  ...startPackages,
  { name: 'qemu-utils', program: 'qemu-storage-daemon', what: 'a second kind of QMP server' },
  { name: 'qemu-guest-agent', program: 'qemu-ga', what: 'a real guest agent' },
  {
    name: 'chromium-headless-shell',
    program: 'chromium-headless-shell',
    instead: 'chromium',
    what: 'the browser of the end-to-end tests',
  },
  { name: 'chromium', program: 'chromium', what: 'the browser of the tests of a browser’s own settings' },
  { name: 'firefox-esr', program: 'firefox-esr', what: 'the second browser of the end-to-end tests' },
  { name: 'libvirt-daemon', program: 'libvirtd', what: 'machines that libvirt runs' },
  { name: 'libvirt-daemon-driver-qemu', program: 'virt-qemu-run', what: 'the part of libvirt for QEMU' },
  { name: 'libvirt-clients', program: 'virsh', what: 'asks libvirt' },
  { name: 'libvirt-clients-qemu', program: 'virt-qemu-qmp-proxy', what: 'a monitor of libvirt’s machines' },
  { name: 'nginx-light', program: 'nginx', what: 'a reverse proxy before two hosts' },
  { name: 'openssl', program: 'openssl', what: 'makes the certificates of the tests' },
  { name: 'cpio', program: 'cpio', what: 'reads what the guest is packed in' },
  { name: 'xz-utils', program: 'xz', what: 'unpacks the modules of newer kernels' },
]

/**
 * Chromium for tests, figures and pictures: the build without windows, which draws no tool bars beside the page and takes
 * a quarter less of the processor's time; else the whole browser.
 * @adr 0037
 */
export function findChromium(): string {
  return findProgram('chromium-headless-shell') ?? findProgram('chromium') ?? 'chromium'
}

/** The path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin']
  for (const folder of folders) {
    if (folder === '') continue
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined
}

/** Those whose program is not there. */
export function missingPackages(wanted: readonly DebianPackage[]): DebianPackage[] {
  return wanted.filter(
    ({ program, instead }) =>
      findProgram(program) === undefined && (instead === undefined || findProgram(instead) === undefined),
  )
}

/** Run apt-get without questions; its words are shown only when it fails. */
function aptGet(...args: string[]): boolean {
  const apt = spawnSync('apt-get', ['-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (apt.status === 0) return true
  console.error(`apt-get ${args.join(' ')} failed:\n${apt.stdout}${apt.stderr}`)
  return false
}

/**
 * Install what is missing where that is possible (root, on Debian), else say the one command that does it. Goes on
 * with what is there: returns what is missing still.
 */
export function ensurePackages(wanted: readonly DebianPackage[]): DebianPackage[] {
  const missing = missingPackages(wanted)
  if (missing.length === 0) return []
  const names = missing.map((each) => each.name)
  const list = missing.map((each) => `  ${each.program} (${each.what})`).join('\n')
  if (findProgram('apt-get') === undefined) {
    console.error(
      `Not installed:\n${list}\nThis is no Debian: install them with this system's own package manager.`,
    )
    return missing
  }
  if (process.getuid?.() !== 0) {
    console.error(
      `Not installed:\n${list}\nTo install them:\n  sudo apt-get install --no-install-recommends ${names.join(' ')}`,
    )
    return missing
  }
  console.error(`Installing ${names.join(', ')}…`)
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', ...names)
  return missingPackages(wanted)
}
