import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FromLine, LineOrder } from '#api/line.ts'
import { runs } from '#base/testing/runs.ts'
import type { EndedLine } from '#record/serial-lines.ts'
import type { SocketSink } from '../socket.ts'
import { OpenLine } from './open-line.ts'
import { mostAheadBytes, mostHeldBytes, Outflow } from './outflow.ts'

const order: LineOrder = {
  name: 'serial1',
  url: 'ws://x/?token=a.serial1',
  dial: 'ws://x/?token=KEY.a.serial1',
  encoding: 'utf-8',
  isRecorded: true,
}

/** A line whose sockets are opened by hand. */
function bench(of: LineOrder = order) {
  const said: FromLine[] = []
  const lines: (EndedLine & { name: string })[] = []
  const sockets: { sink: SocketSink; sent: Uint8Array[]; dial: string; isClosed: boolean }[] = []
  let closed = 0
  const line = new OpenLine(of, {
    tell: (message) => said.push(message),
    receive: (_at, read) => read(),
    line: (name, ended) => lines.push({ name, ...ended }),
    closed: () => (closed += 1),
    open: (url, _shown, sink) => {
      const socket = { sink, sent: [] as Uint8Array[], dial: url.href, isClosed: false }
      sockets.push(socket)
      return {
        send: (bytes) => void socket.sent.push(bytes),
        close: () => {
          socket.isClosed = true
        },
      }
    },
  })
  const states = (): string[] => said.flatMap((each) => (each.kind === 'state' ? [each.state.kind] : []))
  return { line, said, lines, sockets, states, closed: () => closed }
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a serial line', () => {
  test('what comes goes to the page and, as lines, to the record; what is typed is sent and not recorded', () => {
    const { line, said, lines, sockets, states } = bench()
    sockets[0]?.sink.opened()
    sockets[0]?.sink.bytes(bytes('login: '), 1)
    line.take({ kind: 'send', bytes: bytes('root\n') })
    sockets[0]?.sink.bytes(bytes('root\r\nKernel panic - not syncing\r\n'), 2)
    expect(states()).toEqual(['connecting', 'ready'])
    expect(sockets[0]?.sent).toEqual([bytes('root\n')])
    expect(lines).toMatchObject([
      { name: 'serial1', text: 'login: root', failed: false },
      { name: 'serial1', text: 'Kernel panic - not syncing', failed: true },
    ])
    const shown = said.flatMap((each) => (each.kind === 'bytes' ? [...each.bytes] : []))
    expect(new TextDecoder().decode(Uint8Array.from(shown))).toBe(
      'login: root\r\nKernel panic - not syncing\r\n',
    )
  })

  test('it is opened again when it is lost, and what was unfinished is a line', () => {
    const { line, lines, sockets, states } = bench()
    sockets[0]?.sink.opened()
    sockets[0]?.sink.bytes(bytes('half'), 1)
    sockets[0]?.sink.lost({ kind: 'target-refused', url: order.url })
    expect(lines.map(({ text }) => text)).toEqual(['half'])
    vi.advanceTimersByTime(5000)
    expect(sockets.length).toBe(2)
    sockets[1]?.sink.lost({ kind: 'target-refused', url: order.url })
    line.take({ kind: 'wake' })
    expect(sockets.length).toBe(3)
    expect(states()).toEqual(['connecting', 'ready', 'lost', 'connecting', 'lost', 'connecting'])
  })

  test('closed, it stays closed', () => {
    const { line, sockets, closed } = bench()
    sockets[0]?.sink.lost({ kind: 'target-refused', url: order.url })
    line.take({ kind: 'close' })
    vi.advanceTimersByTime(60_000)
    expect([sockets.length, closed()]).toEqual([1, 1])
  })

  test('another key opens another socket; another encoding does not', () => {
    const { line, lines, sockets } = bench()
    sockets[0]?.sink.opened()
    line.take({ kind: 'change', order: { ...order, encoding: 'latin1' } })
    sockets[0]?.sink.bytes(Uint8Array.of(0xe4, 0x0a), 1)
    expect(lines.map(({ text }) => text)).toEqual(['ä'])
    line.take({ kind: 'change', order: { ...order, dial: 'ws://x/?token=OTHER.a.serial1' } })
    expect(sockets.map(({ dial, isClosed }) => [dial.includes('OTHER'), isClosed])).toEqual([
      [false, true],
      [true, false],
    ])
  })

  test('an address that cannot be used ends it with a reason', () => {
    const { said } = bench({ ...order, dial: 'http://x/' })
    expect(JSON.stringify(said)).toMatch(
      /"kind":"ended","why":"its address cannot be used\. It begins with http:/,
    )
  })

  test('one that is not recorded leaves no rows', () => {
    const { lines, sockets } = bench({ ...order, isRecorded: false })
    sockets[0]?.sink.bytes(bytes('(qemu) \n'), 1)
    expect(lines).toEqual([])
  })
})

describe('the way to the page', () => {
  test('no byte is lost, added or moved, whatever the page’s pace', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 50_000 }), fc.nat(3)), { maxLength: 80 }),
        (steps) => {
          const shown: number[] = []
          const waiting: number[] = []
          const out = new Outflow({
            bytes: (piece) => {
              shown.push(...piece)
              waiting.push(piece.length)
            },
            skipped: () => expect.unreachable(),
          })
          for (const [chunk, takes] of steps) {
            out.add(chunk)
            for (let taken = 0; taken < takes; taken += 1) out.taken(waiting.shift() ?? 0)
            expect(waiting.reduce((sum, each) => sum + each, 0)).toBeLessThan(mostAheadBytes + 65_537)
          }
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) out.taken(next)
          expect(shown).toEqual(steps.flatMap(([chunk]) => [...chunk]))
        },
      ),
      { numRuns: runs(200) },
    )
  })

  test('a page that takes nothing costs bounded memory: the oldest is skipped, and said', () => {
    const skipped: number[] = []
    let ahead = 0
    const out = new Outflow({
      bytes: (piece) => (ahead += piece.length),
      skipped: (bytes) => skipped.push(bytes),
    })
    const chunk = new Uint8Array(1024 * 1024)
    const chunks = mostHeldBytes / chunk.length + 5
    for (let each = 0; each < chunks; each += 1) out.add(chunk)
    const before = ahead
    out.taken(before)
    expect(skipped).toEqual([chunks * chunk.length - mostHeldBytes - before])
  })
})
