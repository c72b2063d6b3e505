/** Words for tracks: jobs, migrations, dumps, devices and run states. */
import { apart } from '#base/apart.ts'
import type { Track } from '#record/track.ts'

/** The words on a track's bar. */
export function trackLabel(track: Track): string {
  const { name, rest } = trackParts(track)
  return `${apart(name)}${rest}`.trim()
}

/** The same in two parts: the name, which the machine gave, and what follows it. */
export function trackParts(track: Track): { readonly name: string; readonly rest: string } {
  const last = track.progress.at(-1)
  const percent =
    track.end === undefined && last !== undefined && last.total > 0
      ? ` ${Math.floor((last.current / last.total) * 100)} %`
      : ''
  const state = apart(track.phases.at(-1)?.state ?? '')
  if (track.kind === 'run-state') return { name: '', rest: state }
  const name = track.name === '' ? track.kind : track.name
  return { name, rest: `${track.type === '' ? '' : ` (${apart(track.type)})`}${percent} ${state}` }
}
