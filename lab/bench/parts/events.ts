/** Events for the benchmarks of the record: of twelve names, about 220 bytes each. */
import type { JsonObject } from '#base/json/value.ts'

/** When the first event arrives, in milliseconds since the epoch. */
export const start = 1_732_153_431_000

interface EventRow {
  readonly kind: 'event'
  readonly name: string
  readonly data: JsonObject
  readonly timestamp: { readonly seconds: number; readonly microseconds: number }
  readonly cause: undefined
  seq: number
  at: number
  readonly bytes: number
}

const names = [
  'BLOCK_JOB_COMPLETED',
  'BLOCK_JOB_READY',
  'BLOCK_IO_ERROR',
  'JOB_STATUS_CHANGE',
  'DEVICE_DELETED',
  'MIGRATION',
  'NIC_RX_FILTER_CHANGED',
  'RTC_CHANGE',
  'BALLOON_CHANGE',
  'STOP',
  'RESUME',
  'VSERPORT_CHANGE',
]

/** Makes events with their texts, by their number, one every `everyMs` milliseconds. */
export function createEvents(
  everyMs: number = 1,
): (seq: number) => { readonly row: EventRow; readonly text: string } {
  return (seq) => {
    const name = names[seq % names.length] ?? ''
    const at = start + seq * everyMs
    const timestamp = { seconds: Math.floor(at / 1000), microseconds: (at % 1000) * 1000 }
    const data = {
      device: `drive-virtio-disk${seq % 16}`,
      len: 10_737_418_240,
      offset: seq,
      speed: 0,
      type: 'mirror',
    }
    const text = `{"timestamp": {"seconds": ${timestamp.seconds}, "microseconds": ${timestamp.microseconds}}, "event": "${name}", "data": {"device": "${data.device}", "len": ${data.len}, "offset": ${data.offset}, "speed": ${data.speed}, "type": "${data.type}"}}`
    const row: EventRow = {
      kind: 'event',
      name,
      data,
      timestamp,
      cause: undefined,
      seq,
      at,
      bytes: text.length,
    }
    return { row, text }
  }
}
