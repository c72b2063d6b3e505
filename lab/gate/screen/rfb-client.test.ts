/** What a watcher of a screen sends: which messages go on to the server, however they are cut. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { RfbClient } from './rfb-client.ts'

interface Heard {
  readonly passed: Buffer
  readonly leftOut: readonly string[]
  readonly refused: readonly string[]
}

function send(pieces: readonly Uint8Array[]): Heard {
  const passed: Uint8Array[] = []
  const leftOut: string[] = []
  const refused: string[] = []
  const client = new RfbClient({
    pass: (bytes) => passed.push(Buffer.from(bytes)),
    leftOut: (what) => leftOut.push(what),
    refuse: (why) => refused.push(why),
  })
  for (const each of pieces) client.push(each)
  return { passed: Buffer.concat(passed), leftOut, refused }
}

const start = Buffer.from('RFB 003.008\n\u0001\u0000', 'latin1')
const started = Buffer.from('RFB 003.008\n\u0001\u0001', 'latin1')
const of = (...bytes: readonly number[]): Buffer => Buffer.from(bytes)
const zeros = (length: number): number[] => Array<number>(length).fill(0)

/** Messages as noVNC sends them: name, bytes, whether they go on. */
const messages: readonly (readonly [name: string, bytes: Buffer, passes: boolean])[] = [
  ['pixel format', of(0, ...zeros(19)), true],
  ['encodings', of(2, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff, 0xfe, 0xfe), true],
  ['update request', of(3, 1, ...zeros(8)), true],
  ['key', of(4, 1, 0, 0, 0, 0, 0, 0x61), false],
  ['pointer', of(5, 1, 0, 9, 0, 9), false],
  ['pointer', of(5, 0x81, 0, 9, 0, 9, 1), false],
  ['text', of(6, 0, 0, 0, 0, 0, 0, 3, 0x61, 0x62, 0x63), false],
  ['text', of(6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 1, 0, 0, 0), false],
  ['continuous updates', of(150, 1, ...zeros(8)), true],
  ['fence', of(248, 0, 0, 0, 0, 0, 0, 1, 2, 7, 7), true],
  ['power', of(250, 0, 1, 2), false],
  ['size', of(251, 0, 4, 0, 3, 0, 1, 0, ...zeros(16)), false],
  ['extended key', of(255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e), false],
]

test('what changes nothing goes on, keys and the like do not, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: messages.length - 1 }), { maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (picks, cuts) => {
        const chosen = picks.flatMap((pick) => messages.slice(pick, pick + 1))
        const all = Buffer.concat([start, ...chosen.map(([, bytes]) => bytes)])
        const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length]
        const heard = send(at.slice(1).map((end, index) => all.subarray(at[index], end)))
        const passing = chosen.filter(([, , passes]) => passes).map(([, bytes]) => bytes)
        expect(heard.passed.toString('hex')).toBe(Buffer.concat([started, ...passing]).toString('hex'))
        expect(heard.leftOut).toEqual(chosen.filter(([, , passes]) => !passes).map(([name]) => name))
        expect(heard.refused).toEqual([])
      },
    ),
    { numRuns: runs(2000) },
  )
})

test('the connection is shared, whatever the client wants; a password passes', () => {
  const auth = Buffer.concat([of(...Buffer.from('RFB 003.008\n'), 2), Buffer.alloc(16, 7), of(0)])
  expect(send([auth]).passed.subarray(-17).toString('hex')).toBe(`${'07'.repeat(16)}01`)
})

test.each<[string, Buffer, RegExp]>([
  ['another version', Buffer.from('RFB 003.003\n'), /version of RFB/],
  ['no RFB at all', Buffer.from('GET / HTTP/1.1'), /version of RFB/],
  ['encryption', of(...Buffer.from('RFB 003.008\n'), 19), /security type None/],
  ['an unknown message', Buffer.concat([start, of(77, 4, 1, 0, 0)]), /type 77/],
  ['an unknown one of QEMU', Buffer.concat([start, of(255, 1, 0, 0)]), /type 255/],
  ['a list without an end', Buffer.concat([start, of(2, 0, 0xff, 0xff)]), /type 2/],
])('%s ends it', (_, bytes, why) => {
  const heard = send([bytes, Buffer.concat([start, of(3, 1, ...zeros(8))])])
  expect(heard.refused.join()).toMatch(why)
  expect(heard.refused).toHaveLength(1)
})

test('no bytes whatever let a key or a pointer through', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (pieces) => {
      const { passed } = send([start, ...pieces])
      // What the server hears is read again, as a server reads it.
      let at = start.length
      while (at < passed.length) {
        const type = passed[at] ?? 0
        expect([0, 2, 3, 150, 248]).toContain(type)
        const lengths: Record<number, number> = {
          0: 20,
          3: 10,
          150: 10,
          2: 4 + 4 * passed.readUInt16BE(at + 2),
        }
        at += lengths[type] ?? 9 + (passed[at + 8] ?? 0)
      }
      expect(at).toBe(passed.length)
    }),
    { numRuns: runs(5000) },
  )
})
