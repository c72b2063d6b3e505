/**
 * The block graph of a machine, as plain data: what holds what, from the guest's device down to the file. Made by
 * `blockGraph` of block-graph.ts from replies; the words for people are the page's.
 * Tested by workers/inside/blocks/block-graph.test.ts.
 * @qapi BlockDeviceInfo
 */
import type { JsonObject } from '#base/json/value.ts'
import type { Whole } from './reading.ts'

/** What every part of the graph has. */
interface PartBase {
  /** Stable while the part lives: `node:disk0`, `device:vd0`, `job:mirror0`, `export:x`, `backend:NODE:1`. */
  readonly id: string
  /** What QEMU calls it; empty for a block backend without a name. */
  readonly name: string
  /** Its entry in the reply that describes it; undefined where only the edges tell of it. */
  readonly record: JsonObject | undefined
}

/** A dirty bitmap of a node. A bitmap without a name belongs to a job. */
export interface DirtyBitmap {
  readonly name: string | undefined
  /** Bytes that are marked. */
  readonly dirtyBytes: Whole | undefined
  readonly granularity: Whole | undefined
  readonly isRecording: boolean
  readonly isBusy: boolean
  readonly isPersistent: boolean
  readonly isInconsistent: boolean
}

/** A block node: a driver that reads and writes. */
export interface DriverNode extends PartBase {
  /** A format reads an image, a filter passes requests on, a protocol reaches what stores the bytes. */
  readonly kind: 'format' | 'filter' | 'protocol'
  /** The driver; undefined where only the edges tell of the node. */
  readonly driver: string | undefined
  /** The name of the file, or a description of the tree below in JSON. */
  readonly file: string | undefined
  /** The name of the backing file as the image has it: no edge. */
  readonly backingFile: string | undefined
  readonly isReadOnly: boolean
  readonly isEncrypted: boolean
  /** Bytes that the guest sees. */
  readonly virtualSize: Whole | undefined
  /** Bytes that the file takes. */
  readonly actualSize: Whole | undefined
  /** The highest byte that was written since it was opened. */
  readonly highestOffset: Whole | undefined
  /** 0: none. */
  readonly writeThreshold: Whole | undefined
  readonly isCorrupt: boolean
  readonly bitmaps: readonly DirtyBitmap[]
  readonly throttleGroup: string | undefined
}

/** What a disk has read and written since it was plugged in. Times are sums in nanoseconds. */
export interface IoTotals {
  readonly readBytes: Whole
  readonly writtenBytes: Whole
  readonly reads: Whole
  readonly writes: Whole
  readonly flushes: Whole
  readonly readNs: Whole
  readonly writeNs: Whole
  readonly flushNs: Whole
  readonly failed: Whole
}

/** How long operations took: `bins` has one more than `boundaries`, which are in nanoseconds. */
export interface LatencyHistogram {
  readonly of: 'reads' | 'writes' | 'flushes'
  readonly boundaries: readonly Whole[]
  readonly bins: readonly Whole[]
}

/** A block backend that a guest's device uses, or a named drive. */
export interface DeviceNode extends PartBase {
  readonly kind: 'device'
  /** The QOM path or id of the guest's device: what commands with `id` want. */
  readonly qdev: string | undefined
  /** The name of its drive (`-drive id=`), where it has one. */
  readonly drive: string | undefined
  readonly isRemovable: boolean
  readonly isLocked: boolean
  readonly isTrayOpen: boolean | undefined
  readonly isEmpty: boolean
  readonly ioStatus: string | undefined
  readonly throttleGroup: string | undefined
  readonly io: IoTotals | undefined
  /** Those that somebody has set. */
  readonly histograms: readonly LatencyHistogram[]
}

/** A block backend without a name that belongs to a job, or to something that the replies do not tell. */
export interface BackendNode extends PartBase {
  readonly kind: 'backend'
}

/** An export: a node that is served over NBD, vhost-user-blk, FUSE or VDUSE. */
export interface ExportNode extends PartBase {
  readonly kind: 'export'
  readonly type: string
  readonly nodeName: string | undefined
  readonly isShuttingDown: boolean
}

/** A job. `done` and `total` are in the job's own unit, mostly bytes; 0 of 0 at first is not done. */
export interface JobNode extends PartBase {
  readonly kind: 'job'
  readonly type: string
  readonly status: string
  readonly done: Whole | undefined
  readonly total: Whole | undefined
  /** Bytes a second; 0: no limit. Only of block jobs. */
  readonly speed: Whole | undefined
  readonly isReady: boolean
  /** Its entry in query-block-jobs, where it has one there, too. */
  readonly blockRecord: JsonObject | undefined
  readonly error: string | undefined
}

/** One part of the graph. */
export type BlockPart = DriverNode | DeviceNode | BackendNode | ExportNode | JobNode

/** Who told of an edge: the whole graph, the children of a node, statistics, the list of the holder itself, or a command of ours. */
export type EdgeSource = 'graph' | 'children' | 'stats' | 'holder' | 'command'

/** The upper part uses the lower one. */
export interface BlockEdge {
  readonly id: string
  /** Ids of parts. */
  readonly from: string
  readonly to: string
  /** `file`, `backing`, `root`, `source`, `children.0`: QEMU's word. */
  readonly role: string
  /** What the upper one needs, and what it lets others do; undefined where it is not told. */
  readonly needs: readonly string[] | undefined
  readonly shares: readonly string[] | undefined
  readonly told: EdgeSource
}

/** A job copies from one node to another. */
export interface BlockCopy {
  readonly job: string
  readonly from: string
  readonly to: string
}

/** What this server did not tell. */
export type NotTold =
  'permissions' | 'backing' | 'other-children' | 'job-nodes' | 'jobs' | 'exports' | 'devices'

/** The whole. Parts and edges are in the order of the replies. */
export interface BlockGraph {
  readonly parts: readonly BlockPart[]
  readonly edges: readonly BlockEdge[]
  readonly copies: readonly BlockCopy[]
  readonly notTold: readonly NotTold[]
  /** What of the replies was left out, in words. */
  readonly leftOut: readonly string[]
}
