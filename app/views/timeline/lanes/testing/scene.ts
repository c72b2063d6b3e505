/** What the lanes are drawn from, made by hand; and a canvas that keeps what was drawn on it. */
import { laneCode } from '#record/lanes.ts'
import type { Lane } from '#record/lanes.ts'
import type { Track } from '#record/track.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { TimelineModel } from '../../page/model.svelte.ts'
import { commandRowsOf, layOut, packLanes, trackRowsOf } from '../lane-rows.ts'
import type { Colours } from '#ui/browser/colours.ts'
import type { Scene } from '../paint/scene.ts'

/** A row: its number, its time, its lane, and how long its command took. */
export type RowSpec = readonly [seq: number, at: number, lane: Lane, latencyMs?: number]

export function setOf(rows: readonly RowSpec[]): RowSet {
  const set = new RowSet()
  set.append({
    seq: Float64Array.from(rows, ([seq]) => seq),
    at: Float64Array.from(rows, ([, at]) => at),
    lane: Uint8Array.from(rows, ([, , lane]) => laneCode[lane]),
    latencyMs: Float32Array.from(rows, ([, , , latencyMs]) => latencyMs ?? Number.NaN),
    continues: new Uint32Array(),
    firstSeq: 0,
  })
  return set
}

export function trackOf(some: Partial<Track> & Pick<Track, 'id' | 'kind' | 'start'>): Track {
  return {
    name: '',
    type: '',
    end: undefined,
    phases: [],
    progress: [],
    limit: undefined,
    outcome: 'open',
    error: undefined,
    cause: undefined,
    rows: [],
    ...some,
  }
}

/** The lanes of one machine from 0 to 1000 ms, a pixel each, with room for all of them. */
export function sceneOf(
  rows: readonly RowSpec[],
  tracks: readonly Track[],
  more: Partial<Scene> & { readonly pending?: readonly unknown[] } = {},
): Scene & { readonly machine: Machine } {
  const set = setOf(rows)
  const machine = {
    id: 'vm',
    fromFile: false,
    commands: { queue: { pending: more.pending ?? [] } },
  } as unknown as Machine
  const model = { setOf: () => set, known: () => undefined } as unknown as TimelineModel
  const packed = packLanes(tracks)
  const content = {
    of: machine,
    counts: set.countLanes(0, set.length),
    trackRows: trackRowsOf.bind(undefined, packed),
    commandRows: (own: boolean) => commandRowsOf(set, own),
  }
  return {
    machine,
    ...{ width: 1000, height: 600, top: 0, from: 0, to: 1000, now: 900 },
    rows: layOut([content], new Set(), []).rows,
    model,
    viewOf: () => undefined,
    tracksOf: () => tracks,
    rowOf: ({ id }) => packed.rows.get(id) ?? 0,
    marks: [],
    range: undefined,
    cursor: undefined,
    selected: undefined,
    focused: undefined,
    ...more,
  }
}

/** Colours that are their names. */
export const colours = new Proxy({}, { get: (_, name) => String(name) }) as Colours

/** A context that keeps each shape that was drawn, with the colours and widths it was drawn with. */
export function fakeContext(): {
  readonly context: CanvasRenderingContext2D
  readonly drawn: readonly string[]
} {
  const drawn: string[] = []
  let path: string[] = []
  const state = { fillStyle: '', strokeStyle: '', globalAlpha: 1, lineWidth: 1, dash: '' }
  const saved: (typeof state)[] = []
  const round = (values: readonly unknown[]): string =>
    values
      .map((value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : String(value)))
      .join(' ')
  const keep = (name: string, style: string, values: readonly unknown[]): void => {
    const look = `${style} ${state.globalAlpha}${style === state.strokeStyle ? ` ${state.lineWidth} ${state.dash}` : ''}`
    drawn.push(`${name} ${round(values)} ${look}`.trim())
  }
  const methods = {
    clearRect: () => undefined,
    clip: () => drawn.push(`clip ${path.join(', ')}`),
    save: () => saved.push({ ...state }),
    restore: () => Object.assign(state, saved.pop()),
    beginPath: () => (path = []),
    rect: (...values: unknown[]) => path.push(round(values)),
    moveTo: (...values: unknown[]) => path.push(round(values)),
    lineTo: (...values: unknown[]) => path.push(round(values)),
    fill: () => keep('fill', state.fillStyle, [path.join(', ')]),
    stroke: () => keep('stroke', state.strokeStyle, [path.join(', ')]),
    fillRect: (...values: unknown[]) => keep('fillRect', state.fillStyle, values),
    strokeRect: (...values: unknown[]) => keep('strokeRect', state.strokeStyle, values),
    fillText: (...values: unknown[]) => keep('fillText', state.fillStyle, values),
    setLineDash: (dash: readonly number[]) => (state.dash = dash.join(',')),
  }
  const context = Object.assign(state, methods) as unknown as CanvasRenderingContext2D
  return { context, drawn }
}
