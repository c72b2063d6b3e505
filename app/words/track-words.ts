/** Words for tracks: jobs, migrations, dumps, devices and run states. */
import type { Track } from '#record/track.ts'

/** The words on a track's bar. */
export function trackLabel(track: Track): string {
  const last = track.progress.at(-1)
  const percent =
    track.end === undefined && last !== undefined && last.total > 0
      ? ` ${Math.floor((last.current / last.total) * 100)} %`
      : ''
  const state = track.phases.at(-1)?.state ?? ''
  if (track.kind === 'run-state') return state
  const name = track.name === '' ? track.kind : track.name
  return `${name}${track.type === '' ? '' : ` (${track.type})`}${percent} ${state}`.trim()
}
