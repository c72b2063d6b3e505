/** The state of a track in one line of our own words with the machine's data. */
import type { Track } from '#record/track.ts'
import { rateOf, timeLeftMs } from './pace.ts'
import { cut, sayBytes } from './say-data.ts'

/** The status of a job's device in words. @qapi BlockDeviceIoStatus */
const ioWords: ReadonlyMap<string, string> = new Map([
  ['failed', 'I/O error'],
  ['nospace', 'no space left'],
])

/** The error of a track in words. A running job never counts as failed because of its device. */
export function errorWords(track: Track): string | undefined {
  const { error } = track
  if (error === undefined) return undefined
  return track.outcome === 'open' ? (ioWords.get(error) ?? error) : error
}

/** Whether a job is paused by an error, and continues with `job-resume` once the error is repaired. */
export function isHeldByError(track: Track): boolean {
  const status = track.phases.at(-1)?.state
  return (
    track.kind === 'job' &&
    track.outcome === 'open' &&
    track.error !== undefined &&
    (status === 'paused' || status === 'standby')
  )
}

/** The state of a track: kind and name, progress, speed, time left, and how it ended. */
export function sayTrack(track: Track): string {
  const title = titleOf(track)
  const state = track.phases.at(-1)?.state
  if (track.outcome === 'failed') return `${title}: failed${because(track.error)}`
  if (track.kind === 'run-state')
    return `${title}: ${state === undefined ? 'not known' : cut(state)}${goneFrom(track)}`
  if (track.outcome === 'cancelled') return `${title}: cancelled${reached(track)}`
  if (track.kind === 'device') return `${title}: ${sayDevice(track, state)}`
  if (track.outcome === 'done') return `${title}: done${took(track)}${reached(track)}`
  if (track.outcome === 'unknown') return `${title}: its end was not seen${reached(track)}`
  const error = errorWords(track)
  if (isHeldByError(track))
    return `${title}: paused on an error (${cut(error ?? '')}), can be resumed${reached(track)}`
  const parts = [
    state === undefined || state === 'running' || state === 'active' ? '' : cut(state),
    ...pace(track, state),
  ]
  const said = parts.filter((each) => each !== '').join(', ')
  const trouble = error === undefined ? '' : ` (${cut(error)})`
  return `${title}: ${said === '' ? 'running' : said}${trouble}`
}

function titleOf(track: Track): string {
  const name = cut(track.name)
  const type = cut(track.type)
  switch (track.kind) {
    case 'run-state':
      return 'machine'
    case 'job':
      return type === '' ? `job ${name}` : `${type} job ${name}`
    case 'migration':
      return type === '' ? 'migration' : `${type} migration`
    case 'dump':
      return 'memory dump'
    case 'device':
      if (name === '') return type === '' ? 'device without a name' : `${type} without a name`
      return type === '' ? `device ${name}` : `${type} ${name}`
  }
}

function sayDevice(track: Track, state: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    plugged: 'plugged',
    'unplug-asked': 'asked to be unplugged',
    'unplug-failed': `not unplugged${because(track.error)}`,
    deleted: 'unplugged',
  }
  const said =
    state === undefined ? 'not known' : Object.hasOwn(words, state) ? (words[state] ?? '') : cut(state)
  return `${said}${goneFrom(track)}`
}

/** Added to the last known state after the connection was lost. */
function goneFrom(track: Track): string {
  return track.outcome === 'unknown' ? ', not known since' : ''
}

/** Progress, speed and time left. */
function pace(track: Track, state: string | undefined): string[] {
  const last = track.progress.at(-1)
  if (last === undefined) return []
  const share = `${Math.floor(Math.min(1, last.current / last.total) * 100)} %`
  const rate = rateOf(track.progress)
  // A ready mirror and a waiting job copy only what changes.
  const stands = state === 'paused' || state === 'standby' || state === 'pending' || state === 'waiting'
  if (rate === undefined || stands) return [share]
  if (rate <= 0) return [share, 'no progress']
  const leftMs = timeLeftMs(track.progress) ?? 0
  return [share, `${sayBytes(rate)}/s`, ...(leftMs === 0 ? [] : [`${sayDuration(leftMs)} left`])]
}

function took(track: Track): string {
  return track.end === undefined ? '' : ` in ${sayDuration(track.end - track.start)}`
}

function reached(track: Track): string {
  const last = track.progress.at(-1)
  if (last === undefined) return ''
  if (track.outcome === 'done') return `, ${sayBytes(last.total)}`
  return `, ${Math.floor(Math.min(1, last.current / last.total) * 100)} % of ${sayBytes(last.total)}`
}

function because(error: string | undefined): string {
  return error === undefined || error === '' ? '' : `: ${cut(error)}`
}

function sayDuration(ms: number): string {
  if (ms < 1000) return ms < 1 ? 'less than 1 ms' : `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 9950 ? `${Number((ms / 1000).toFixed(1))} s` : `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 1440)} days`
}
