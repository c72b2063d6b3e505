/** Reads what another tab tells of a machine (following.ts), as if it were not of this origin. Loaded with the first that comes. */
import { clip } from '#base/clip.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Identity } from '#api/machine.ts'
import type { LogRow, RowOf } from '#record/row.ts'
import type { QemuVersion } from '#qmp/message.ts'
import { longestName, longestText, mostRows } from './following.ts'
import type { News } from './following.ts'

/** Read an answer. Undefined where it is none; rows that are none are left out. */
export function readNews(data: unknown): News | undefined {
  if (!isRecord(data) || !Array.isArray(data.rows) || !isCount(data.omitted)) return undefined
  const { last, omitted } = data
  if (typeof last !== 'number' || !Number.isSafeInteger(last)) return undefined
  const rows = data.rows
    .slice(-mostRows)
    .map(readRow)
    .filter((row) => row !== undefined)
  return {
    identity: readIdentity(data.identity),
    runStatus: readRunStatus(data.runStatus),
    rows,
    omitted,
    last,
  }
}

function readRow(data: unknown): LogRow | undefined {
  if (!isRecord(data) || typeof data.name !== 'string') return undefined
  const { kind, seq, at, bytes } = data
  if (!isCount(seq) || !isTime(at) || !isCount(bytes)) return undefined
  const common = { seq, at, bytes, name: data.name.slice(0, longestName) }
  if (kind === 'event') {
    const { timestamp } = data
    const stamp =
      isRecord(timestamp) && isTime(timestamp.seconds) && isTime(timestamp.microseconds)
        ? { seconds: timestamp.seconds, microseconds: timestamp.microseconds }
        : undefined
    return { ...common, kind, data: readData(data.data), timestamp: stamp }
  }
  const { exec } = data
  if (!isCount(exec)) return undefined
  const command = { ...common, exec: exec as RowOf<'command'>['exec'] }
  const origin = data.origin === 'person' ? 'person' : 'page'
  if (kind === 'command') return { ...command, kind, ticket: undefined, oob: data.oob === true, origin }
  const { latencyMs } = data
  if (!isTime(latencyMs)) return undefined
  if (kind === 'outcome') {
    const outcome = (['timed-out', 'unknown', 'dropped'] as const).find((each) => each === data.outcome)
    return outcome && { ...command, kind, outcome, latencyMs }
  }
  if (kind !== 'return' && kind !== 'error') return undefined
  return { ...command, kind, latencyMs, late: data.late === true, origin, error: readError(data.error) }
}

function readError(data: unknown): { class: string; desc: string } | undefined {
  if (!isRecord(data) || typeof data.class !== 'string' || typeof data.desc !== 'string') return undefined
  return { class: clip(data.class, longestName), desc: clip(data.desc, longestText) }
}

/** The data of an event came as its text, so that it is exact and no deeper than any message. */
function readData(text: unknown): RowOf<'event'>['data'] {
  if (typeof text !== 'string' || text.length > 2 * longestText) return undefined
  const parsed = parseJson(text)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined
}

function readIdentity(data: unknown): Identity | undefined {
  const version = isRecord(data) ? readVersion(data.version) : undefined
  if (!isRecord(data) || version === undefined) return undefined
  const { name, uuid } = data
  return {
    version,
    name: typeof name === 'string' ? clip(name, longestName) : undefined,
    uuid: typeof uuid === 'string' ? clip(uuid, longestName) : undefined,
  }
}

/** A version that was kept or told, as a greeting has it. */
export function readVersion(data: unknown): QemuVersion | undefined {
  if (!isRecord(data)) return undefined
  const { major, minor, micro } = data
  if (!isCount(major) || !isCount(minor) || !isCount(micro) || typeof data.package !== 'string')
    return undefined
  return { major, minor, micro, package: clip(data.package, longestName) }
}

function readRunStatus(data: unknown): News['runStatus'] {
  if (!isRecord(data) || typeof data.status !== 'string') return undefined
  return { status: clip(data.status, longestName), running: data.running === true }
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 8.64e15
}
