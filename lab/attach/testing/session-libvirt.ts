/**
 * libvirt for tests: a `libvirtd` of an ordinary user (`qemu:///session`), in a folder of its own, without systemd. Root
 * takes the uid of `nobody` for it, since libvirt has no session of root; the socket of the session is in the URI, so
 * that anybody who may open it needs no environment.
 * Tested by lab/attach/libvirt/libvirt.real.test.ts.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSockets } from '../../bridge/lab-list.ts'
import { findProgram } from '../../packages.ts'
import { startChild, waitFor } from '../../processes.ts'

/** The uid and gid of `nobody`. */
const nobody = 65_534
const upMs = 30_000

/** A libvirt session. */
export interface SessionLibvirt {
  readonly uri: string
  /** A folder that its user can read. */
  readonly folder: string
  /** Start a domain of 64 MB, without a guest unless `os` says more. */
  create(name: string, options?: DomainOptions): void
  destroy(name: string): void
  /** Run virsh at it; returns what it printed. */
  virsh(...args: readonly string[]): string
  stop(): Promise<void>
}

/** A domain of a test, as XML in the places where it differs. */
export interface DomainOptions {
  /** What stands in `<os>` beside the type. */
  readonly os?: string
  /** What stands in `<devices>` beside emulator, screen and serial line. */
  readonly devices?: string
  readonly serial?: string
  readonly graphics?: string
  readonly memoryMiB?: number
}

function domainXml(name: string, options: DomainOptions): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${options.memoryMiB ?? 64}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>${options.os ?? ''}</os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${options.serial ?? `<serial type='pty'><target port='0'/></serial>`}
    ${options.graphics ?? `<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>`}
    <video><model type='vga'/></video>
    <memballoon model='none'/>
    ${options.devices ?? ''}
  </devices>
</domain>
`
}

/** Start a session. Throws where it does not come up. */
export async function startSessionLibvirt(): Promise<SessionLibvirt> {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-libvirt-'))
  const run = join(folder, 'run')
  const home = join(folder, 'home')
  const isRoot = process.getuid?.() === 0
  chmodSync(folder, 0o755)
  for (const each of [run, home]) {
    mkdirSync(each, { mode: 0o700 })
    if (isRoot) chownSync(each, nobody, nobody)
  }
  const env = { XDG_RUNTIME_DIR: run, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home }
  const libvirtd = findProgram('libvirtd') ?? 'libvirtd'
  const asUser = isRoot ? ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'] : undefined
  const child =
    asUser === undefined
      ? await startChild(libvirtd, ['--timeout=120'], { env })
      : await startChild('setpriv', [...asUser, libvirtd, '--timeout=120'], { env })
  const sockets = join(run, 'libvirt')
  const up = await waitFor(upMs, () => {
    if (child.isOver()) return 'died'
    return findSockets(sockets).some(({ file, listening }) => listening && file === 'libvirt-sock')
      ? 'up'
      : undefined
  })
  if (up !== 'up') {
    await child.kill()
    throw new Error(`libvirtd did not come up. It said: ${child.words()}`)
  }
  const uri = `qemu+unix:///session?socket=${join(sockets, 'libvirt-sock')}`
  const virsh = (...args: readonly string[]): string => {
    const ran = spawnSync('virsh', ['-c', uri, ...args], { encoding: 'utf8', timeout: upMs })
    if (ran.status !== 0) throw new Error(`virsh ${args.join(' ')}: ${ran.stderr}`)
    return ran.stdout
  }
  return {
    uri,
    folder,
    virsh,
    create(name, options = {}) {
      const file = join(folder, `${name}.xml`)
      writeFileSync(file, domainXml(name, options))
      virsh('create', file)
    },
    destroy: (name) => void virsh('destroy', name),
    async stop() {
      // Domains outlive libvirtd, and so does the log daemon that it started.
      const pids = pidsIn(run)
      await child.stop()
      for (const pid of pids) kill(pid)
      await waitFor(upMs, () => (pids.every((pid) => !isAlive(pid)) ? true : undefined))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The processes that a session says are its own, in files that end in `.pid`. */
function pidsIn(folder: string): readonly number[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pid') && !name.endsWith('libvirtd.pid'))
    .map((name) => Number(readFileSync(join(folder, name), 'utf8')))
    .filter((pid) => Number.isInteger(pid) && pid > 1)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
