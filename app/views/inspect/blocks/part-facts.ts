/** What the panel says of a part, in words. Tested by app/views/inspect/blocks/block-words.test.ts. */
import { assertNever } from '#base/assert-never.ts'
import type { BlockPart, DriverNode } from '#inside/blocks/block-model.ts'
import type { IoRates } from '#inside/blocks/rates.ts'
import { bytes, count, rate } from '#words/format.ts'
import { shareDone } from './block-words.ts'

/** One line; `share` is of the whole, from 0 to 1. */
export interface PartFact {
  readonly name: string
  readonly value: string
  readonly share?: number | undefined
}

const exact = (size: number | bigint): string => `${bytes(size)} (${count(size)} bytes)`

/** A line where there is a value. */
function line(name: string, value: string | undefined, share?: number): readonly PartFact[] {
  return value === undefined || value === '' ? [] : [{ name, value, share }]
}

function ofNode(part: DriverNode): readonly PartFact[] {
  const { virtualSize: size, actualSize, highestOffset, writeThreshold } = part
  const share =
    size === undefined || actualSize === undefined || Number(size) === 0
      ? undefined
      : Math.min(1, Number(actualSize) / Number(size))
  return [
    ...line('File', part.file),
    ...line('Backing file', part.backingFile),
    ...line('Size', size === undefined ? undefined : exact(size)),
    ...line('Takes', actualSize === undefined ? undefined : exact(actualSize), share),
    ...line('Written up to', highestOffset === undefined ? undefined : exact(highestOffset)),
    ...line(
      'Write threshold',
      writeThreshold === undefined || Number(writeThreshold) === 0 ? undefined : exact(writeThreshold),
    ),
    ...line(
      'Access',
      part.record === undefined ? undefined : part.isReadOnly ? 'read only' : 'read and write',
    ),
    ...line('Encryption', part.record === undefined ? undefined : part.isEncrypted ? 'encrypted' : 'none'),
    ...line('Integrity', part.isCorrupt ? 'marked as corrupt' : undefined),
    ...line('Throttle group', part.throttleGroup),
    ...part.bitmaps.map((each) => ({
      name: 'Dirty bitmap',
      value: [
        each.name ?? 'of a job',
        each.dirtyBytes === undefined ? '' : `${bytes(each.dirtyBytes)} dirty`,
        each.isRecording ? 'recording' : 'not recording',
        ...(each.isPersistent ? ['kept in the image'] : []),
        ...(each.isBusy ? ['busy'] : []),
        ...(each.isInconsistent ? ['inconsistent: remove it'] : []),
      ].join(', '),
    })),
  ]
}

function ofRates(rates: IoRates | undefined): readonly PartFact[] {
  if (rates === undefined) return []
  const time = (ms: number | undefined): string =>
    ms === undefined ? '' : `, ${ms.toFixed(ms < 10 ? 2 : 0)} ms each`
  return [
    {
      name: 'Reads now',
      value: `${rate(rates.readBytes)}, ${count(Math.round(rates.reads))} a second${time(rates.readMs)}`,
    },
    {
      name: 'Writes now',
      value: `${rate(rates.writtenBytes)}, ${count(Math.round(rates.writes))} a second${time(rates.writeMs)}`,
    },
  ]
}

/** All lines of a part. */
export function partFacts(part: BlockPart, rates: IoRates | undefined): readonly PartFact[] {
  switch (part.kind) {
    case 'format':
    case 'filter':
    case 'protocol':
      return ofNode(part)
    case 'device':
      return [
        ...line('Device', part.qdev),
        ...line('Drive', part.drive),
        ...line('Medium', part.isEmpty ? 'none' : undefined),
        ...line('Tray', part.isTrayOpen === undefined ? undefined : part.isTrayOpen ? 'open' : 'closed'),
        ...line('Locked by the guest', part.isLocked ? 'yes' : undefined),
        ...line('I/O status', part.ioStatus),
        ...line('Throttle group', part.throttleGroup),
        ...line('Read in all', part.io === undefined ? undefined : exact(part.io.readBytes)),
        ...line('Written in all', part.io === undefined ? undefined : exact(part.io.writtenBytes)),
        ...line(
          'Failed',
          part.io === undefined || Number(part.io.failed) === 0 ? undefined : count(part.io.failed),
        ),
        ...ofRates(rates),
      ]
    case 'backend':
      return [{ name: 'Belongs to', value: 'a job, or something that the replies do not tell' }]
    case 'export':
      return [...line('Type', part.type), ...line('Node', part.nodeName)]
    case 'job':
      return [
        ...line('State', part.status),
        ...line(
          'Done',
          part.done === undefined || part.total === undefined
            ? undefined
            : `${bytes(part.done)} of ${bytes(part.total)}`,
          shareDone(part),
        ),
        ...line(
          'Limit',
          part.speed === undefined || Number(part.speed) === 0 ? undefined : rate(Number(part.speed)),
        ),
        ...line('Error', part.error),
      ]
    default:
      return assertNever(part)
  }
}
