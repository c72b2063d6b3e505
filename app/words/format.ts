/** Numbers, sizes and times in rounded form. Exact values are in titles. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A size in bytes with three digits: `1.50 GiB`. */
export function bytes(size: number | bigint): string {
  let value = Number(size)
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const text = unit === 0 ? String(value) : value.toPrecision(3)
  return `${text.includes('e') ? String(Math.round(value)) : text} ${units[unit] ?? ''}`
}

/** A rate in bytes a second. */
export function rate(bytesPerSecond: number): string {
  return `${bytes(Math.round(bytesPerSecond))}/s`
}

/** A count with a thin space at every thousand. */
export function count(value: number | bigint): string {
  const [whole = '', ...fraction] = String(value).split(/(?=\.)/)
  const first = whole.startsWith('-') ? 2 : 1
  const parts: string[] = []
  let end = whole.length
  for (; end - 3 >= first; end -= 3) parts.unshift(whole.slice(end - 3, end))
  return [whole.slice(0, end), ...parts].join('\u202f') + fraction.join('')
}

/** A duration of milliseconds: `0.42 ms`, `1.3 s`, `2 h 03 min`. */
export function duration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${pad(Math.floor(seconds % 60))} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${pad(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${pad(hours % 24)} h`
}

/** How long ago something was, roughly: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** Local time of day with milliseconds: `12:01:03.412`. `at` is milliseconds since the epoch. */
export function clock(at: number): string {
  const date = new Date(at)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Local day and time of day: `2024-05-01 12:01`. */
export function dayAndTime(at: number): string {
  const date = new Date(at)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(pad).join('-')
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** The exact time: ISO 8601 to the microsecond, UTC. */
export function exactTime(at: number): string {
  const micros = Math.floor((at % 1) * 1000)
  return new Date(at).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
