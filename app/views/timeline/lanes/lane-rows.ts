/**
 * Which lanes are drawn, in which order and how high: from what the machines have, and from what people folded and pinned. Pure.
 * Tested by app/views/timeline/lanes/lane-rows.test.ts.
 */
import { isOwnLane, laneCode, lanes } from '#record/lanes.ts'
import type { Lane } from '#record/lanes.ts'
import type { Track, TrackKind } from '#record/track.ts'
import { commandRows } from '#trace/rows/row-set.ts'
import type { RowSet } from '#trace/rows/row-set.ts'

/** How the content of a lane is drawn. */
export type LaneStyle = 'machine' | 'state' | 'commands' | 'tracks' | 'marks'

/** A lane of one machine. */
export interface LaneSpec {
  /** `command`, `jobs`, `block`, …: the same for all machines. */
  readonly name: string
  readonly label: string
  /** What is in it, in a sentence. */
  readonly title: string
  readonly style: LaneStyle
  /** Numbers of the lanes of rows that are drawn in it. */
  readonly codes: readonly number[]
  readonly tracks: readonly TrackKind[]
  /** It is shown even while it is empty. */
  readonly always: boolean
}

function spec(
  name: string,
  label: string,
  style: LaneStyle,
  from: readonly Lane[],
  title: string,
  more: { readonly tracks?: readonly TrackKind[]; readonly always?: boolean } = {},
): LaneSpec {
  const codes = from.map((lane) => laneCode[lane])
  return { name, label, title, style, codes, tracks: more.tracks ?? [], always: more.always ?? false }
}

/** The lanes of a machine from top to bottom. */
export const laneSpecs: readonly LaneSpec[] = [
  spec('state', 'State', 'state', ['run-state', 'connection'], 'Run state of the guest, and the connection', {
    tracks: ['run-state'],
    always: true,
  }),
  spec(
    'trouble',
    'Errors',
    'marks',
    ['trouble', 'problem', 'serial-trouble'],
    'Errors of guests and hosts, lines of a serial line that tell of one, and problems on the wire',
  ),
  spec(
    'commands',
    'Commands',
    'commands',
    ['command', 'reply', 'error', 'outcome', 'raw'],
    'Commands that people sent, from sent to answered',
    { always: true },
  ),
  spec('jobs', 'Jobs', 'tracks', ['jobs'], 'Jobs from their start to their end, with progress', {
    tracks: ['job'],
  }),
  spec('migration', 'Migration', 'tracks', ['migration'], 'Migrations and dumps with their phases', {
    tracks: ['migration', 'dump'],
  }),
  spec('devices', 'Devices', 'tracks', ['devices'], 'Devices from plugged to deleted', {
    tracks: ['device'],
  }),
  spec('block', 'Block', 'marks', ['block'], 'Events of block devices and exports'),
  spec('network', 'Network', 'marks', ['network'], 'Events of network devices'),
  spec('display', 'Display', 'marks', ['display'], 'Events of VNC and SPICE'),
  spec('guest', 'Guest', 'marks', ['guest'], 'Events from inside the guest: balloon, ports, panics'),
  spec('machine', 'Machine', 'marks', ['machine'], 'Events of CPUs, memory and the clock'),
  spec('serial', 'Serial', 'marks', ['serial', 'serial-trouble'], 'Lines that the serial lines printed'),
  spec('other', 'Other events', 'marks', ['other'], 'Events of any other kind'),
  spec(
    'own',
    'Page’s own',
    'commands',
    ['own-command', 'own-reply', 'own-error'],
    'What this page and the connection ask without being told to',
  ),
]

/** A lane with its place. */
export interface LaneRow<Of> {
  readonly of: Of
  readonly spec: LaneSpec
  readonly folded: boolean
  readonly pinned: boolean
  /** Pixels from the top of all lanes. */
  readonly y: number
  readonly height: number
  /** Rows of bars in it: for commands and tracks. */
  readonly bars: number
  /** The height of a bar in it, in pixels. */
  readonly bar: number
}

/** What a machine has to show. */
export interface LaneContent<Of> {
  readonly of: Of
  /** Rows of each lane, by its number. */
  readonly counts: Uint32Array
  /** How many rows of bars the tracks of a kind of lane take. */
  readonly trackRows: (kinds: readonly TrackKind[]) => number
  /** How many rows of bars the commands take, people's and the page's own. */
  readonly commandRows: (own: boolean) => number
}

const headHeight = 22
/** Of a bar at least, and by how much it grows at most where the lanes have room. */
export const barHeight = 16
const mostGrowth = 16
const markHeight = 22
const foldedHeight = 18

/** Lanes with their places, and how high they are together, in pixels. */
export interface LaneLayout<Of> {
  readonly rows: readonly LaneRow<Of>[]
  readonly height: number
}

/**
 * Place the lanes. A machine's name stands above its lanes where there are several machines. Where they are less high than
 * `room` (pixels), their bars grow.
 */
export function layOut<Of>(
  contents: readonly LaneContent<Of>[],
  folded: ReadonlySet<string>,
  pinned: readonly string[],
  room = 0,
): LaneLayout<Of> {
  const low = place(contents, folded, pinned, 0)
  const bars = low.rows.reduce((sum, row) => sum + (canGrow(row) ? row.bars : 0), 0)
  const growth = bars === 0 ? 0 : Math.min(mostGrowth, Math.floor((room - low.height) / bars))
  return growth > 0 ? place(contents, folded, pinned, growth) : low
}

function canGrow({ folded, spec }: LaneRow<unknown>): boolean {
  return !folded && spec.style !== 'machine'
}

function place<Of>(
  contents: readonly LaneContent<Of>[],
  folded: ReadonlySet<string>,
  pinned: readonly string[],
  growth: number,
): LaneLayout<Of> {
  const rows: LaneRow<Of>[] = []
  const bar = barHeight + growth
  let y = 0
  const add = (content: LaneContent<Of>, each: LaneSpec, isPinned: boolean): void => {
    const isFolded = folded.has(each.name)
    const bars = Math.max(1, barsOf(content, each))
    const open =
      each.style === 'machine'
        ? headHeight
        : each.style === 'marks'
          ? markHeight + growth
          : bars * (bar + 2) + 4
    const height = isFolded ? foldedHeight : open
    rows.push({ of: content.of, spec: each, folded: isFolded, pinned: isPinned, y, height, bars, bar })
    y += height
  }
  const has = (content: LaneContent<Of>, each: LaneSpec): boolean =>
    each.always ||
    each.codes.some((code) => (content.counts[code] ?? 0) > 0) ||
    (each.tracks.length > 0 && content.trackRows(each.tracks) > 0)
  for (const name of pinned) {
    const each = laneSpecs.find((candidate) => candidate.name === name)
    if (each === undefined) continue
    for (const content of contents) if (has(content, each)) add(content, each, true)
  }
  for (const content of contents) {
    if (contents.length > 1) add(content, machineSpec, false)
    for (const each of laneSpecs) {
      if (!pinned.includes(each.name) && has(content, each)) add(content, each, false)
    }
  }
  return { rows, height: y }
}

function barsOf<Of>(content: LaneContent<Of>, { name, style, tracks }: LaneSpec): number {
  if (style === 'commands') return content.commandRows(name === 'own')
  return style === 'tracks' ? content.trackRows(tracks) : 1
}

const machineSpec = spec('machine-name', '', 'machine', [], 'A machine')

/** Put tracks in rows so that those that overlap are in different ones; by their start. At most `most` rows. */
export function packTracks(tracks: readonly Track[], most: number): ReadonlyMap<number, number> {
  const ends: number[] = []
  const rows = new Map<number, number>()
  for (const track of tracks.toSorted((a, b) => a.start - b.start || a.id - b.id)) {
    let row = ends.findIndex((end) => end <= track.start)
    if (row < 0) row = Math.min(ends.length, most - 1)
    ends[row] = Math.max(ends[row] ?? 0, track.end ?? Number.POSITIVE_INFINITY)
    rows.set(track.id, row)
  }
  return rows
}

/** Rows of bars that the tracks of a lane take at most. */
const mostTrackRows = 12

/** The tracks of a machine, with the row of each in its lane. */
export interface PackedTracks {
  readonly tracks: readonly Track[]
  /** By a track's id. Run states have none: they are in one row. */
  readonly rows: ReadonlyMap<number, number>
}

/** Pack the tracks, each lane alone. */
export function packLanes(tracks: readonly Track[]): PackedTracks {
  const rows = laneSpecs
    .filter(({ style }) => style === 'tracks')
    .flatMap((each) => [
      ...packTracks(
        tracks.filter(({ kind }) => each.tracks.includes(kind)),
        mostTrackRows,
      ),
    ])
  return { tracks, rows: new Map(rows) }
}

/** How many rows of bars the tracks of these kinds take. */
export function trackRowsOf({ tracks, rows }: PackedTracks, kinds: readonly TrackKind[]): number {
  let most = 0
  for (const { id, kind } of tracks) {
    if (kinds.includes(kind)) most = Math.max(most, (rows.get(id) ?? -1) + 1)
  }
  return most
}

/** Newest rows that are looked at for how many rows of bars commands take. */
const newest = 2000

/** How many rows of bars the newest commands took, people's or the page's own. */
export function commandRowsOf(set: RowSet, own: boolean): number {
  let most = 0
  for (let index = Math.max(0, set.length - newest); index < set.length; index += 1) {
    if (!(set.latencyAt(index) >= 0)) continue
    if ((isOwnLane[set.laneAt(index)] === 1) === own) most = Math.max(most, set.rowAt(index))
  }
  return Math.min(commandRows, most + 1)
}

/** The names of lanes, for words. */
export function laneName(code: number): string {
  return lanes[code] ?? 'other'
}
