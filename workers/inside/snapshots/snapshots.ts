/**
 * Snapshots of a machine's disks: the internal ones that images hold, the chains of external ones, and what stands in the way
 * of a new one. From `query-block` and `query-named-block-nodes`; what a machine says is bounded and checked.
 * @qapi BlockInfo BlockDeviceInfo ImageInfo SnapshotInfo snapshot-save
 */
import { amountIn, objectIn, textIn } from '#base/json/members.ts'
import { own } from '#base/own.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { wholeOf } from '../blocks/reading.ts'
import type { Whole } from '../blocks/reading.ts'

/** Disks, snapshots of an image, and images of a chain that are read at most. */
export const mostDisks = 500
const mostSnapshots = 1000
export const mostImages = 200

/** A snapshot inside of an image. */
export interface InternalSnapshot {
  readonly id: string
  readonly name: string
  /** Bytes of the running machine in it; 0 where it holds the disk only. */
  readonly stateBytes: number
  /** Seconds since the epoch. */
  readonly date: number
}

/** One image of a chain. */
export interface ChainImage {
  readonly file: string
  readonly format: string
  /** The node that is opened on it; undefined where none is told. */
  readonly node: string | undefined
  /** Bytes that the guest sees; undefined where they are not told. */
  readonly size: Whole | undefined
}

/** What a disk of the machine stands on. */
export interface SnapshotDisk {
  /** The node that the device uses. */
  readonly node: string
  /** For people: the device's id or path, or the name of the drive. */
  readonly device: string
  /** The path of its device in the tree of objects; undefined where no device has the drive. */
  readonly path: string | undefined
  readonly driver: string
  readonly isReadOnly: boolean
  readonly snapshots: readonly InternalSnapshot[]
  /** From the image that is written to its base. */
  readonly chain: readonly ChainImage[]
}

/** The disks that are in the machine. `nodes` tells the names of the nodes below. */
export function readDisks(block: Json | undefined, nodes: Json | undefined): readonly SnapshotDisk[] {
  const nodeOf = new Map<string, string>()
  for (const each of objectsIn(nodes).slice(0, mostDisks * 4)) {
    const [name, file, driver] = [nameIn(each, 'node-name'), nameIn(each, 'file'), nameIn(each, 'drv')]
    if (name !== '' && file !== '') nodeOf.set(`${driver} ${file}`, name)
  }
  return objectsIn(block)
    .slice(0, mostDisks)
    .flatMap((each): readonly SnapshotDisk[] => {
      const inserted = objectIn(each, 'inserted')
      const node = nameIn(inserted, 'node-name')
      if (inserted === undefined || node === '') return []
      const image = objectIn(inserted, 'image')
      const driver = nameIn(inserted, 'drv')
      return [
        {
          node,
          device: nameIn(each, 'qdev') || nameIn(each, 'device') || node,
          path: pathOf(nameIn(each, 'qdev')),
          driver,
          isReadOnly: own(inserted, 'ro') === true,
          snapshots: snapshotsIn(image),
          chain: chainOf(image, nodeOf, node),
        },
      ]
    })
}

/** A device is told by its path, or by its id where it has one. */
function pathOf(qdev: string): string | undefined {
  if (qdev === '') return undefined
  return qdev.startsWith('/') ? qdev : `/machine/peripheral/${qdev}`
}

function chainOf(
  image: JsonObject | undefined,
  nodeOf: ReadonlyMap<string, string>,
  top: string,
): readonly ChainImage[] {
  const chain: ChainImage[] = []
  for (
    let each = image;
    each !== undefined && chain.length < mostImages;
    each = objectIn(each, 'backing-image')
  ) {
    const [file, format] = [nameIn(each, 'filename'), nameIn(each, 'format')]
    chain.push({
      ...{ file, format, size: wholeOf(each, 'virtual-size') },
      node: chain.length === 0 ? top : nodeOf.get(`${format} ${file}`),
    })
  }
  return chain
}

function snapshotsIn(image: JsonObject | undefined): readonly InternalSnapshot[] {
  return objectsIn(own(image, 'snapshots'))
    .slice(0, mostSnapshots)
    .map((each) => ({
      id: nameIn(each, 'id'),
      name: nameIn(each, 'name'),
      stateBytes: amountIn(each, 'vm-state-size') ?? 0,
      date: amountIn(each, 'date-sec') ?? 0,
    }))
}

/** One internal snapshot over all disks that have it. */
export interface SnapshotTag {
  readonly name: string
  /** Nodes that have it. */
  readonly nodes: readonly string[]
  /** The node that holds the state of the machine; undefined where none does. */
  readonly stateNode: string | undefined
  readonly stateBytes: number
  /** The newest of its disks, seconds since the epoch. */
  readonly date: number
}

/** The internal snapshots by name, the newest first. */
export function tagsOf(disks: readonly SnapshotDisk[]): readonly SnapshotTag[] {
  const tags = new Map<string, SnapshotTag>()
  for (const { node, snapshots } of disks) {
    for (const { name, stateBytes, date } of snapshots) {
      const before = tags.get(name)
      const hasState = stateBytes > 0
      tags.set(name, {
        name,
        nodes: [...(before?.nodes ?? []), node],
        stateNode: before?.stateNode ?? (hasState ? node : undefined),
        stateBytes: (before?.stateBytes ?? 0) + stateBytes,
        date: Math.max(before?.date ?? 0, date),
      })
    }
  }
  return [...tags.values()].sort((a, b) => b.date - a.date)
}

/** Something that a look before has found. */
export interface PreflightFinding {
  readonly node: string
  /** `refused`: QEMU will refuse. `unsafe`: it will not, and the result is not what one expects. `unknown`: nobody knows yet. */
  readonly kind: 'refused' | 'unsafe' | 'unknown'
  /** What is wrong, in a sentence. */
  readonly why: string
  /** What mends it, in a sentence. */
  readonly mend: string
}

/** Formats that hold snapshots, and those that also hold the state of a machine. */
const holding = new Set(['qcow2', 'rbd', 'sheepdog'])
const holdingState = new Set(['qcow2', 'sheepdog'])
/** Drivers that hand the question on to what is below. */
const passing = new Set(['throttle', 'copy-on-read', 'blkdebug', 'blkverify', 'compress', 'preallocate'])

/** What is wanted of a new snapshot. */
export interface SavePlan {
  readonly tag: string
  /** Nodes whose disks are in it. */
  readonly nodes: ReadonlySet<string>
  /** The node that takes the state of the machine. */
  readonly stateNode: string | undefined
}

/** Look before a snapshot is saved: what QEMU would refuse, and what it would leave out without a word. */
export function preflightSave(disks: readonly SnapshotDisk[], plan: SavePlan): readonly PreflightFinding[] {
  const findings: PreflightFinding[] = []
  for (const { node, driver, isReadOnly, snapshots } of disks) {
    const isChosen = plan.nodes.has(node)
    if (!isChosen) {
      if (!isReadOnly)
        findings.push({
          node,
          kind: 'unsafe',
          why: `${node} is written to and is left out: after a load its disk is newer than the rest of the machine.`,
          mend: canHold(driver)
            ? 'Choose it as well.'
            : `Its format ${driver} holds no snapshots: convert it to qcow2, or attach it read only.`,
        })
      continue
    }
    if (isReadOnly)
      findings.push({
        node,
        kind: 'refused',
        why: `${node} is read only: no snapshot can be written to it.`,
        mend: 'Leave it out. Nothing on it changes.',
      })
    else if (passing.has(driver))
      findings.push({
        node,
        kind: 'unknown',
        why: `${node} is a filter (${driver}): whether the image below holds snapshots is not told.`,
        mend: 'QEMU says it when it is tried; nothing is lost by that.',
      })
    else if (!canHold(driver))
      findings.push({
        node,
        kind: 'refused',
        why: `${node} has the format ${driver}, which holds no snapshots.`,
        mend: 'Convert its image to qcow2 (qemu-img convert -O qcow2), attach it read only, or leave it out.',
      })
    if (snapshots.some(({ name }) => name === plan.tag))
      findings.push({
        node,
        kind: 'refused',
        why: `${node} already has a snapshot “${plan.tag}”.`,
        mend: 'Choose another name, or delete that one first.',
      })
  }
  return [...findings, ...stateFindings(disks, plan)]
}

function stateFindings(
  disks: readonly SnapshotDisk[],
  { stateNode, nodes }: SavePlan,
): readonly PreflightFinding[] {
  const disk = disks.find(({ node }) => node === stateNode)
  if (disk === undefined || !nodes.has(disk.node))
    return [
      {
        node: stateNode ?? '',
        kind: 'refused',
        why: 'No chosen disk takes the state of the machine (CPUs, memory, devices).',
        mend: 'Choose one with the format qcow2 for it.',
      },
    ]
  if (holdingState.has(disk.driver) || passing.has(disk.driver)) return []
  return [
    {
      node: disk.node,
      kind: 'refused',
      why: `${disk.node} (${disk.driver}) cannot take the state of the machine.`,
      mend: 'Choose a disk with the format qcow2 for it.',
    },
  ]
}

/** Look before a snapshot is loaded: disks that do not have it stay as they are. */
export function preflightLoad(disks: readonly SnapshotDisk[], tag: SnapshotTag): readonly PreflightFinding[] {
  const findings: PreflightFinding[] = disks
    .filter(({ node, isReadOnly }) => !isReadOnly && !tag.nodes.includes(node))
    .map(({ node }) => ({
      node,
      kind: 'unsafe',
      why: `${node} has no snapshot “${tag.name}”: it stays as it is now, and no longer fits the rest.`,
      mend: 'Detach it first, or go on where what is on it does not matter.',
    }))
  if (tag.stateNode === undefined)
    findings.push({
      node: '',
      kind: 'refused',
      why: `“${tag.name}” holds disks only, and no state of the machine: it cannot be loaded while the machine runs.`,
      mend: 'Shut the machine down and apply it with qemu-img snapshot -a.',
    })
  return findings
}

function canHold(driver: string): boolean {
  return holding.has(driver) || passing.has(driver)
}

/** Letters that a tag may have where it becomes a part of a line of the human monitor. */
export function isPlainTag(tag: string): boolean {
  return /^[A-Za-z0-9._-]{1,255}$/.test(tag)
}

function nameIn(from: JsonObject | undefined, name: string): string {
  return textIn(from, name) ?? ''
}
