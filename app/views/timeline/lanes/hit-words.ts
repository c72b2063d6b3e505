/** What is under the pointer, in words. */
import { assertNever } from '#base/assert-never.ts'
import { count } from '#words/format.ts'
import { trackLabel } from '#words/track-words.ts'
import type { RowId, TimelineModel } from '../page/model.svelte.ts'
import { laneName } from './lane-rows.ts'
import type { HitTarget } from './paint/scene.ts'
import { exactDuration } from './scale.ts'

/** Characters of an error that are shown. */
const mostError = 120

/** A line each. */
export function wordsOfHit({ what, edges }: HitTarget, model: TimelineModel): readonly string[] {
  switch (what.kind) {
    case 'row':
      return wordsOfRow(what.id, model)
    case 'track': {
      const { start, end, error } = what.track
      return [
        trackLabel(what.track),
        exactDuration((end ?? performance.timeOrigin + performance.now()) - start),
        ...(error === undefined ? [] : [error.slice(0, mostError)]),
      ]
    }
    case 'phase':
      return [what.track.phases[what.phase]?.state ?? '', exactDuration((edges[1] ?? 0) - (edges[0] ?? 0))]
    case 'mark':
      return [what.mark.text || 'a mark']
    case 'rows':
      return [`${count(what.count)} rows: zoom in, or click for the first`]
    default:
      return assertNever(what)
  }
}

function wordsOfRow(id: RowId, model: TimelineModel): readonly string[] {
  const view = model.viewOf(id)
  const set = model.setOf(id.machine)
  const index = set?.indexOf(id.seq) ?? -1
  const latency = set?.latencyAt(index) ?? Number.NaN
  const name = view !== undefined && 'name' in view.row ? view.row.name : laneName(set?.laneAt(index) ?? 0)
  const error = view?.row.kind === 'error' ? view.row.error : undefined
  return [
    `${name}${view?.sent?.oob === true ? ' (out-of-band)' : ''}`,
    ...(latency >= 0 ? [`took ${exactDuration(latency)}`] : []),
    ...(error === undefined ? [] : [error.desc.slice(0, mostError)]),
  ]
}
