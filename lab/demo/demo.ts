/**
 * The demo machine: QEMU with a real guest, two virtio disks, a NIC, a balloon, a guest agent and free PCIe root
 * ports, each channel a unix socket NAME.CHANNEL in the lab's folder.
 * @adr 0006
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Guest } from './guest.ts'
import { findSockets } from '../bridge/lab-list.ts'
import type { Accel } from '../options.ts'
import { findProgram } from '../packages.ts'
import { cacheFolder } from '../paths.ts'
import { startChild, waitFor } from '../processes.ts'
import type { Child } from '../processes.ts'

/** The name of the demo machine. */
export const demoName = 'lab1'
/** Its channels: a unix socket NAME.CHANNEL for each. The second serial line prints a line every few seconds. */
export const demoChannels = ['qmp', 'hmp', 'serial', 'serial1', 'vnc', 'qga'] as const
const signOfLife = 'QMP-STUDIO-GUEST-READY'
/** How long a guest may take to give its sign of life, in milliseconds: seconds as a rule. */
const kvmMs = 10_000
const tcgMs = 60_000

/** Where the demo machine lives and what it boots. */
export interface DemoPlace {
  /** The folder of the sockets. */
  readonly sockets: string
  /** A private folder for disks and the log of the serial line. */
  readonly state: string
  /** Undefined: a machine without a guest OS. */
  readonly guest: Guest | undefined
  /** The device of KVM; a test has its own. */
  readonly kvm?: string
}

/** A running demo machine. */
export interface Demo {
  readonly child: Child
  readonly accel: 'kvm' | 'tcg'
  /** Milliseconds from its start to the sign of life; undefined without a guest OS. */
  readonly aliveMs: number | undefined
}

/** The arguments of its QEMU. `tellsPanic`: it knows a device by which a guest tells of its panic, and stands still then. */
export function demoArguments(place: DemoPlace, accel: 'kvm' | 'tcg', tellsPanic: boolean): string[] {
  const socket = (channel: string): string =>
    `${join(place.sockets, `${demoName}.${channel}`)},server=on,wait=off`
  const { state, guest } = place
  return [
    ...['-name', demoName, '-uuid', 'a3c5e7f9-0b1d-4f2e-8a6c-1234567890ab'],
    ...['-machine', 'q35', '-accel', accel, ...(accel === 'kvm' ? ['-cpu', 'host'] : [])],
    ...['-smp', '2', '-m', '256M', '-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'std'],
    ...['-qmp', `unix:${socket('qmp')}`],
    ...['-monitor', `unix:${socket('hmp')}`],
    // The log is how the starter sees the sign of life without taking the socket from anybody.
    ...[
      '-chardev',
      `socket,id=serial0,path=${socket('serial')},logfile=${join(state, 'serial.log')},logappend=off`,
    ],
    ...['-serial', 'chardev:serial0'],
    ...['-chardev', `socket,id=serial1,path=${socket('serial1')}`, '-serial', 'chardev:serial1'],
    ...['-vnc', `unix:${join(place.sockets, `${demoName}.vnc`)}`],
    ...['-device', 'virtio-serial-pci,id=vserial0'],
    ...['-chardev', `socket,id=qga0,path=${socket('qga')}`],
    ...['-device', 'virtserialport,bus=vserial0.0,chardev=qga0,name=org.qemu.guest_agent.0'],
    ...['-drive', `if=none,id=disk0,format=qcow2,file=${join(state, 'empty.qcow2')}`],
    ...['-device', 'virtio-blk-pci,id=vblk0,drive=disk0'],
    ...['-drive', `if=none,id=disk1,format=raw,file=${join(state, 'data.img')}`],
    ...['-device', 'virtio-blk-pci,id=vblk1,drive=disk1'],
    ...['-netdev', 'user,id=net0,restrict=on', '-device', 'virtio-net-pci,id=nic0,netdev=net0'],
    ...['-device', 'virtio-balloon-pci,id=balloon0'],
    ...(tellsPanic ? ['-device', 'pvpanic-pci,id=panic0', '-action', 'panic=pause'] : []),
    ...['-device', 'qemu-xhci,id=usb0', '-device', 'usb-tablet,id=tablet0,bus=usb0.0'],
    ...[1, 2, 3, 4].flatMap((n) => ['-device', `pcie-root-port,id=rp${n},chassis=${n},slot=${n}`]),
    // The kernel of the guest has no USB: this is the tablet that it uses, and places of the pointer are told by it.
    ...['-device', 'virtio-tablet-pci,id=tablet1'],
    ...(guest === undefined
      ? []
      : [
          '-kernel',
          guest.kernel,
          '-initrd',
          guest.initramfs,
          '-append',
          'console=tty0 console=ttyS0 quiet panic=5',
        ]),
  ]
}

/** Whether this QEMU has pvpanic-pci and -action: both came with 6.0. */
function knowsPanic(): boolean {
  const qemu = findProgram('qemu-system-x86_64')
  const said = qemu === undefined ? '' : spawnSync(qemu, ['--version'], { encoding: 'utf8' }).stdout
  return Number(/version (\d+)\./.exec(said)?.[1] ?? 0) >= 6
}

/** Whether KVM's device can be opened. That it works is another matter: the sign of life tells. */
function mayUseKvm(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Start it, on KVM where that works. `say` is told what a person should know; once `isStopped` says so, what was
 * begun is ended. The failure is a sentence.
 */
export async function startDemo(
  place: DemoPlace,
  accel: Accel,
  say: (words: string) => void,
  isStopped: () => boolean,
): Promise<Result<Demo, string>> {
  if (findProgram('qemu-system-x86_64') === undefined) {
    return err('There is no qemu-system-x86_64, so no demo machine. (Debian: qemu-system-x86)')
  }
  const disks = makeDisks(place.state)
  if (!disks.ok) return disks
  const kvm = place.kvm ?? '/dev/kvm'
  if (accel === 'kvm' && !mayUseKvm(kvm)) {
    return err(`--accel kvm: ${kvm} is missing or may not be used by this user. --accel tcg runs without it.`)
  }
  if (accel === 'auto' && isKnownBroken()) {
    say(
      'KVM did not work here when it was last tried since the machine was booted: TCG at once (--accel kvm tries again).',
    )
  } else if (accel === 'kvm' || (accel === 'auto' && mayUseKvm(kvm))) {
    const tried = await attempt(place, 'kvm', isStopped)
    // Stopped in the middle says nothing about KVM.
    if (tried.ok || accel === 'kvm' || isStopped()) return tried
    rememberBroken()
    say(
      `KVM is there but does not work: ${tried.error}\nThe demo machine runs on TCG instead (slower, and it works).`,
    )
  }
  return attempt(place, 'tcg', isStopped)
}

/** A KVM that failed is not tried again until this host is rebooted: waiting for it costs ten seconds. */
function brokenMark(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return join(cacheFolder('kvm'), `broken-${boot}`)
  } catch {
    return undefined
  }
}

function isKnownBroken(): boolean {
  const mark = brokenMark()
  return mark !== undefined && existsSync(mark)
}

function rememberBroken(): void {
  const mark = brokenMark()
  if (mark !== undefined) writeFileSync(mark, '')
}

async function attempt(
  place: DemoPlace,
  accel: 'kvm' | 'tcg',
  isStopped: () => boolean,
): Promise<Result<Demo, string>> {
  const log = join(place.state, 'serial.log')
  rmSync(log, { force: true })
  const started = Date.now()
  const child = await startChild('qemu-system-x86_64', demoArguments(place, accel, knowsPanic()))
  const limitMs = accel === 'kvm' ? kvmMs : tcgMs
  const answer = await waitFor(limitMs, () => {
    if (child.isOver()) return 'died'
    if (isStopped()) return 'stopped'
    // That the file is there says nothing: a QEMU that was killed leaves it behind.
    if (place.guest === undefined) {
      const up = findSockets(place.sockets).some((each) => each.file === `${demoName}.qmp` && each.listening)
      return up ? 'alive' : undefined
    }
    return existsSync(log) && readFileSync(log, 'latin1').includes(signOfLife) ? 'alive' : undefined
  })
  if (answer === 'alive') {
    return ok({ child, accel, aliveMs: place.guest === undefined ? undefined : Date.now() - started })
  }
  if (answer === 'died') {
    const words = child.words() === '' ? 'It said nothing.' : `It said: ${child.words()}`
    return err(`QEMU ended at once (${String(await child.over)}). ${words}`)
  }
  await child.kill()
  if (answer === 'stopped') return err('it was stopped while it started.')
  return err(`the guest gave no sign of life on its serial line within ${limitMs / 1000} s.`)
}

const megabyte = 1024 * 1024

/** Two disks: an empty qcow2 of 1 GiB, and 16 MiB of raw data with a line of text at its beginning. */
function makeDisks(state: string): Result<undefined, string> {
  const data = join(state, 'data.img')
  if (!existsSync(data)) {
    writeFileSync(data, 'The data disk of the QMP Studio demo machine.\n')
    truncateSync(data, 16 * megabyte)
  }
  const empty = join(state, 'empty.qcow2')
  if (existsSync(empty)) return ok(undefined)
  const image = findProgram('qemu-img')
  if (image === undefined) {
    writeFileSync(empty, emptyQcow2(1024 * megabyte))
    return ok(undefined)
  }
  const made = spawnSync(image, ['create', '-q', '-f', 'qcow2', empty, '1G'], { encoding: 'utf8' })
  return made.status === 0 ? ok(undefined) : err(`qemu-img could not make a disk: ${made.stderr.trim()}`)
}

/**
 * An empty qcow2 (version 2) of `size` bytes, for where qemu-img is not installed: header, refcount table, one block
 * of refcounts, and an empty L1 table, one cluster of 64 KiB each. Source: QEMU docs/interop/qcow2.
 */
export function emptyQcow2(size: number): Uint8Array {
  const cluster = 65_536
  const image = Buffer.alloc(4 * cluster)
  const l1Entries = Math.ceil(size / (cluster * (cluster / 8)))
  image.writeUInt32BE(0x514649fb, 0)
  image.writeUInt32BE(2, 4)
  image.writeUInt32BE(16, 20)
  image.writeBigUInt64BE(BigInt(size), 24)
  image.writeUInt32BE(l1Entries, 36)
  image.writeBigUInt64BE(BigInt(3 * cluster), 40)
  image.writeBigUInt64BE(BigInt(cluster), 48)
  image.writeUInt32BE(1, 56)
  image.writeBigUInt64BE(BigInt(2 * cluster), cluster)
  for (let used = 0; used < 4; used += 1) image.writeUInt16BE(1, 2 * cluster + 2 * used)
  return image
}
