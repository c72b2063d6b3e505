/** Parts of the graph, each from its entry in a reply. Tested by workers/inside/blocks/block-graph.test.ts. */
import type { Json, JsonObject } from '#base/json/value.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { own } from '#base/own.ts'
import { driverKind } from './drivers.ts'
import type {
  DeviceNode,
  DirtyBitmap,
  DriverNode,
  ExportNode,
  IoTotals,
  JobNode,
  LatencyHistogram,
} from './block-model.ts'
import { objectIn } from '#base/json/members.ts'
import { flagOf, nameOf, textOf, wholeOf } from './reading.ts'
import type { LeftOutParts, Whole } from './reading.ts'

/** Bitmaps of a node beyond this are left out: QEMU has 65,535 at most, people a few. */
const mostBitmaps = 256

function bitmapsOf(node: JsonObject, leftOut: LeftOutParts): readonly DirtyBitmap[] {
  return leftOut.objects(own(node, 'dirty-bitmaps'), 'dirty bitmaps', mostBitmaps).map((each) => ({
    name: nameOf(each, 'name'),
    dirtyBytes: wholeOf(each, 'count'),
    granularity: wholeOf(each, 'granularity'),
    isRecording: flagOf(each, 'recording') ?? false,
    isBusy: flagOf(each, 'busy') ?? false,
    isPersistent: flagOf(each, 'persistent') ?? false,
    isInconsistent: flagOf(each, 'inconsistent') ?? false,
  }))
}

/** A throttle filter names its group only in the description of its tree. */
function groupIn(driver: string | undefined, file: string | undefined): string | undefined {
  if (driver !== 'throttle' || file?.startsWith('json:') !== true) return undefined
  const described = parseJson(file.slice(5))
  if (!described.ok || !isJsonObject(described.value)) return undefined
  return nameOf(described.value, 'throttle-group')
}

/** A node from its entry in query-named-block-nodes; without one, only its name is known. */
export function driverNode(
  name: string,
  record: JsonObject | undefined,
  more: {
    readonly hasChildren: boolean
    readonly highestOffset: Whole | undefined
    readonly leftOut: LeftOutParts
  },
): DriverNode {
  const entry = record ?? {}
  const image = objectIn(entry, 'image') ?? {}
  const driver = nameOf(entry, 'drv')
  const file = textOf(entry, 'file')
  const details = objectIn(objectIn(image, 'format-specific') ?? {}, 'data') ?? {}
  return {
    ...{ id: nodeId(name), name, record, kind: driverKind(driver, more.hasChildren), driver, file },
    backingFile: textOf(entry, 'backing_file'),
    isReadOnly: flagOf(entry, 'ro') ?? false,
    isEncrypted: flagOf(entry, 'encrypted') ?? flagOf(image, 'encrypted') ?? false,
    virtualSize: wholeOf(image, 'virtual-size'),
    actualSize: wholeOf(image, 'actual-size'),
    highestOffset: more.highestOffset,
    writeThreshold: wholeOf(entry, 'write_threshold'),
    isCorrupt: flagOf(details, 'corrupt') ?? false,
    bitmaps: bitmapsOf(entry, more.leftOut),
    throttleGroup: groupIn(driver, file) ?? nameOf(entry, 'group'),
  }
}

/** The id of a node in the graph. */
export function nodeId(name: string): string {
  return `node:${name}`
}

/** What a device has read and written, from its entry in query-blockstats. */
function ioOf(entry: JsonObject | undefined): IoTotals | undefined {
  const stats = entry === undefined ? undefined : objectIn(entry, 'stats')
  if (stats === undefined) return undefined
  const sum = (name: string): Whole => wholeOf(stats, name) ?? 0
  const failed = ['rd', 'wr', 'flush', 'unmap'].map((each) => BigInt(sum(`failed_${each}_operations`)))
  return {
    readBytes: sum('rd_bytes'),
    writtenBytes: sum('wr_bytes'),
    reads: sum('rd_operations'),
    writes: sum('wr_operations'),
    flushes: sum('flush_operations'),
    readNs: sum('rd_total_time_ns'),
    writeNs: sum('wr_total_time_ns'),
    flushNs: sum('flush_total_time_ns'),
    failed: failed.reduce((total, each) => total + each, 0n),
  }
}

/** Bins of a histogram; people set a dozen. One with more is left out. */
const mostBins = 200

function wholesOf(object: JsonObject, member: string): readonly Whole[] | undefined {
  const list = own(object, member)
  if (!Array.isArray(list) || list.length > mostBins) return undefined
  const wholes = (list as readonly Json[]).filter((each): each is Whole => isWhole(each))
  return wholes.length === list.length ? wholes : undefined
}

function isWhole(value: Json): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
}

/** The histograms of a device, from its entry in query-blockstats. */
function histogramsOf(entry: JsonObject | undefined): readonly LatencyHistogram[] {
  const stats = objectIn(entry ?? {}, 'stats') ?? {}
  const members = [
    ['reads', 'rd'],
    ['writes', 'wr'],
    ['flushes', 'flush'],
  ] as const
  return members.flatMap(([of, member]) => {
    const found = objectIn(stats, `${member}_latency_histogram`) ?? {}
    const [boundaries, bins] = [wholesOf(found, 'boundaries'), wholesOf(found, 'bins')]
    return boundaries === undefined || bins?.length !== boundaries.length + 1
      ? []
      : [{ of, boundaries, bins }]
  })
}

/** The name by which the graph knows the block backend of a device: its drive, else its device. */
export function deviceName(entry: JsonObject): string | undefined {
  return nameOf(entry, 'device') ?? nameOf(entry, 'qdev')
}

/** A device from its entries in query-block and query-blockstats. */
export function deviceNode(
  name: string,
  record: JsonObject | undefined,
  stats: JsonObject | undefined,
): DeviceNode {
  const entry = record ?? {}
  const inserted = objectIn(entry, 'inserted')
  return {
    ...{ id: `device:${name}`, kind: 'device', name, record },
    qdev: nameOf(entry, 'qdev'),
    drive: nameOf(entry, 'device'),
    isRemovable: flagOf(entry, 'removable') ?? false,
    isLocked: flagOf(entry, 'locked') ?? false,
    isTrayOpen: flagOf(entry, 'tray_open'),
    isEmpty: record !== undefined && inserted === undefined,
    ioStatus: nameOf(entry, 'io-status'),
    throttleGroup: inserted === undefined ? undefined : nameOf(inserted, 'group'),
    io: ioOf(stats),
    histograms: histogramsOf(stats),
  }
}

/** An export from its entry in query-block-exports. */
export function exportNode(name: string, record: JsonObject): ExportNode {
  return {
    ...{ id: `export:${name}`, kind: 'export', name, record },
    type: nameOf(record, 'type') ?? '',
    nodeName: nameOf(record, 'node-name'),
    isShuttingDown: flagOf(record, 'shutting-down') ?? false,
  }
}

/** A job from its entries in query-jobs and query-block-jobs: one of them is enough. */
export function jobNode(
  name: string,
  job: JsonObject | undefined,
  blockJob: JsonObject | undefined,
): JobNode {
  const [one, other] = [job ?? {}, blockJob ?? {}]
  const status = nameOf(one, 'status') ?? nameOf(other, 'status') ?? ''
  return {
    ...{ id: `job:${name}`, kind: 'job', name, record: job ?? blockJob, blockRecord: blockJob },
    type: nameOf(one, 'type') ?? nameOf(other, 'type') ?? '',
    status,
    done: wholeOf(one, 'current-progress') ?? wholeOf(other, 'offset'),
    total: wholeOf(one, 'total-progress') ?? wholeOf(other, 'len'),
    speed: wholeOf(other, 'speed'),
    isReady: status === 'ready' || flagOf(other, 'ready') === true,
    error: textOf(one, 'error') ?? textOf(other, 'error'),
  }
}
