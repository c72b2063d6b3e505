/** One machine on a socket of the test's own: what it makes of a stream, however the stream is printed. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AlertHit, Batch, MachineWorker } from '#api/machine.ts'
import type { LogRow } from '#record/row.ts'
import type { Ticket } from '#qmp/report.ts'
import type { Track } from '#record/track.ts'
import { createMachine } from './facade.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A WebSocket whose other end is the test: a monitor that greets, and answers everything with nothing. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  static last: FakeSocket | undefined
  readonly readyState = FakeSocket.OPEN
  binaryType = ''
  readonly lines: string[] = []
  /** What `query-jobs` lists. */
  jobs: readonly object[] = []

  constructor() {
    super()
    FakeSocket.last = this
    setTimeout(() => {
      this.dispatchEvent(new Event('open'))
      this.say(
        '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n',
      )
    })
  }

  say(text: string): void {
    this.dispatchEvent(new MessageEvent('message', { data: encoder.encode(text).buffer }))
  }

  send(bytes: Uint8Array): void {
    const line = decoder.decode(bytes)
    this.lines.push(line)
    const { id, execute } = JSON.parse(line) as { id: number; execute: string }
    const returned = execute === 'query-jobs' ? this.jobs : {}
    setTimeout(() => this.say(`{"return": ${JSON.stringify(returned)}, "id": ${id}}\r\n`))
  }

  close(): void {
    // Nobody is told.
  }
}

const machines: MachineWorker[] = []

interface Bench {
  readonly machine: MachineWorker
  readonly socket: FakeSocket
  readonly rows: LogRow[]
  readonly tracks: Map<string, Track>
  /** What the newest batch said, and the hits of all. */
  readonly said: { guestErrors: number; readonly hits: AlertHit[] }
}

async function connect(): Promise<Bench> {
  vi.stubGlobal('WebSocket', FakeSocket)
  const machine = createMachine()
  machines.push(machine)
  const rows: LogRow[] = []
  const tracks = new Map<string, Track>()
  const said: Bench['said'] = { guestErrors: 0, hits: [] }
  let isReady = false
  let read = 0
  machine.listen((batch: Batch) => {
    // The page reads rows by their numbers.
    const { totals } = batch
    const fresh = Array.from({ length: totals.rows - read }, (_, index) => read + index)
    read = totals.rows
    rows.push(...machine.rows(fresh).map(({ row }) => row))
    said.guestErrors = batch.guestErrors
    said.hits.push(...batch.hits)
    for (const track of batch.tracks) tracks.set(`${track.kind} ${track.name} ${track.id}`, track)
    if (batch.state?.kind === 'ready') isReady = true
  })
  machine.connect({ url: 'ws://127.0.0.1:1/?token=vm.qmp', protocol: 'qmp' })
  await vi.advanceTimersByTimeAsync(100)
  expect(isReady).toBe(true)
  const socket = FakeSocket.last
  if (socket === undefined) throw new Error('nothing was opened')
  // It asks who is there, and how things stand.
  await vi.advanceTimersByTimeAsync(1000)
  expect(socket.lines.some((line) => line.includes('query-dump'))).toBe(true)
  return { machine, socket, rows, tracks, said }
}

/** Wait until all that it asked has been answered: nothing comes between what the test says. */
async function answered({ socket, rows }: Pick<Bench, 'socket' | 'rows'>): Promise<void> {
  await vi.waitFor(() =>
    expect(rows.filter(({ kind }) => kind === 'return')).toHaveLength(socket.lines.length),
  )
}

/** Rows recorded so far: nothing is dropped here. */
function rowsOf(machine: MachineWorker): number {
  return machine.statistics({}).rows
}

beforeEach(() => {
  // It asks for the progress of tracks every half second: that need not pass.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  // A machine that stays would go on asking, with no socket to ask on.
  for (const machine of machines.splice(0)) machine.disconnect()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const at = (n: number): string => `"timestamp": {"seconds": ${1_732_153_431 + n}, "microseconds": ${n}}`
const events = [
  `{${at(0)}, "event": "STOP"}`,
  `{${at(1)}, "event": "RTC_CHANGE", "data": {"offset": -3, "qom-path": "/machine/rtc"}}`,
  `{${at(2)}, "event": "JOB_STATUS_CHANGE", "data": {"status": "created", "id": "job0"}}`,
  `{${at(3)}, "event": "JOB_STATUS_CHANGE", "data": {"status": "running", "id": "job0"}}`,
  `{${at(3)}, "event": "BLOCK_JOB_COMPLETED", "data": {"device": "job0", "len": 64, "offset": 64, "speed": 0, "type": "backup"}}`,
  `{${at(1)}, "event": "DEVICE_DELETED", "data": {"device": "net1", "path": "/machine/peripheral/net1"}}`,
  `{${at(4)}, "event": "SOMETHING_NEW", "data": {"list": [1, true, {"__proto__": null}]}}`,
  `{${at(5)}, "event": "VNC_CONNECTED", "data": {"client": {"host": "::1", "auth": 18446744073709551615}}}`,
  `{${at(6)}, "event": "RESUME"}`,
]

/** What a machine records of them, with everything but the clock of this test. */
async function recorded(lines: readonly string[]): Promise<unknown> {
  const { machine, socket, rows, tracks } = await connect()
  const deleted = machine.execute({
    name: 'device_del',
    arguments: { id: 'net1' },
    oob: false,
    deadlineMs: 1000,
    ticket: 1 as Ticket,
    origin: 'person',
  })
  await vi.advanceTimersByTimeAsync(10)
  await deleted
  await answered({ socket, rows })
  const from = rowsOf(machine)
  // A chunk of a size that is cut as text, one event in two pieces, and the rest.
  const all = lines.map((line) => `${line}\r\n`).join('')
  const filler = `{${at(0)}, "event": "FILLER"}\r\n`.repeat(30)
  const cut = all.length - 100
  socket.say(`${filler}${all.slice(0, cut)}`)
  socket.say(all.slice(cut))
  const count = 30 + lines.length
  const kept = machine.rows(Array.from({ length: count }, (_, index) => from + index)).map(({ row }) => row)
  expect(kept).toHaveLength(count)
  // The page is told of the same rows.
  await vi.waitFor(() => expect(rows.filter(({ seq }) => seq >= from).length).toBeGreaterThanOrEqual(count))
  expect(rows.filter(({ seq }) => seq >= from && seq < from + count)).toEqual(kept)
  expect(kept.map(({ seq }) => machine.text(seq)).slice(30)).toEqual(lines)
  const without = kept.map(({ at: arrived, bytes, seq, ...row }) => {
    expect(seq).toBeGreaterThanOrEqual(from)
    expect(arrived).toBeGreaterThan(0)
    expect(bytes).toBeGreaterThan(0)
    return row
  })
  const lasting = [...tracks.values()].map(({ kind, name, outcome, phases, rows: linked }) => ({
    ...{ kind, name, outcome },
    // From the first event on: how much it asked before that is a matter of time.
    rows: linked.filter((seq) => seq >= from).map((seq) => seq - from),
    phases: phases.map(({ state }) => state),
  }))
  machine.disconnect()
  return { rows: without, lasting }
}

describe('a stream of events', () => {
  test('makes the same record and the same tracks, whether it is printed as QEMU prints it or not', async () => {
    const asQemu = await recorded(events)
    const otherwise = await recorded(
      events.map((line) => line.replace('{"timestamp": {', '{ "timestamp": {')),
    )
    expect(otherwise).toEqual(asQemu)
    const { rows, lasting } = asQemu as { rows: LogRow[]; lasting: { kind: string; phases: string[] }[] }
    expect(rows.slice(30).map((row) => (row.kind === 'event' ? row.name : row.kind))).toEqual(
      events.map((line) => /"event": "(\w+)"/.exec(line)?.[1]),
    )
    expect(rows.find((row) => row.kind === 'event' && row.name === 'DEVICE_DELETED')).toMatchObject({
      cause: { proof: 'id' },
    })
    expect(lasting.filter(({ kind }) => kind === 'job').map(({ phases }) => phases)).toEqual([
      ['created', 'running'],
    ])
  })

  test('is not recorded while recording is paused, and is counted', async () => {
    const { machine, socket, rows } = await connect()
    await answered({ socket, rows })
    const before = rowsOf(machine)
    machine.setRecording(false)
    socket.say(events.map((line) => `${line}\r\n`).join('') + `{${at(0)}, "event": "FILLER"}\r\n`.repeat(30))
    expect(rowsOf(machine)).toBe(before)
    machine.setRecording(true)
    await vi.waitFor(() =>
      expect(rows.find(({ kind }) => kind === 'gap')).toMatchObject({ rows: events.length + 30 }),
    )
    machine.disconnect()
  })
})

test('an alert is for new rows: rows that were kept are no hit of it, and do not stop the recording', async () => {
  vi.stubGlobal('WebSocket', FakeSocket)
  const machine = createMachine()
  machines.push(machine)
  const batches: Batch[] = []
  machine.listen((batch: Batch) => void batches.push(batch))
  machine.setAlerts([{ id: 'stopped', filter: { names: ['STOP'] }, stop: { keepMs: 1 } }])
  const row: LogRow = {
    ...{ kind: 'event', name: 'STOP', data: undefined, timestamp: undefined, cause: undefined },
    ...{ seq: 0, at: 1000, bytes: 0 },
  }
  machine.adopt([{ row, text: undefined }], 'closed')
  await vi.waitFor(() => expect(batches.some(({ totals }) => totals.rows > 1)).toBe(true))
  expect(batches.flatMap(({ hits }) => hits)).toEqual([])
  expect(batches.some(({ recording }) => recording?.on === false)).toBe(false)
  machine.connect({ url: 'ws://127.0.0.1:1/?token=vm.qmp', protocol: 'qmp' })
  await vi.waitFor(() => expect(batches.some(({ state }) => state?.kind === 'ready')).toBe(true))
  FakeSocket.last?.say(`{"event": "STOP", ${at(1)}}\r\n`)
  await vi.waitFor(() =>
    expect(batches.flatMap(({ hits }) => hits)).toMatchObject([{ id: 'stopped', rows: 1 }]),
  )
  expect(batches.find(({ recording }) => recording?.on === false)?.recording?.stoppedBy).toBe('stopped')
})

test('errors of the guest are counted in a flood as well, and so is a job that fails and is no block job', async () => {
  const { machine, socket, rows, said } = await connect()
  await answered({ socket, rows })
  const flood = `{${at(0)}, "event": "BLOCK_IO_ERROR", "data": {"device": "disk0"}}\r\n`.repeat(5000)
  socket.say(
    `${flood}{${at(1)}, "event": "BLOCK_JOB_COMPLETED", "data": {"device": "job0", "error": "no"}}\r\n`,
  )
  await vi.waitFor(() => expect(said.guestErrors).toBe(5001))
  expect(rows.length).toBeLessThan(5000)
  // Its end is told without a reason: the list of jobs has it.
  socket.jobs = [{ id: 'job1', type: 'amend', status: 'concluded', error: 'no space' }]
  for (const status of ['created', 'running', 'aborting', 'concluded'])
    socket.say(`{${at(2)}, "event": "JOB_STATUS_CHANGE", "data": {"status": "${status}", "id": "job1"}}\r\n`)
  await vi.waitFor(() => expect(said.guestErrors).toBe(5002))
  machine.clear()
  await vi.waitFor(() => expect(said.guestErrors).toBe(0))
  machine.disconnect()
})

test('alerts that are told again miss no row and hit none twice; a new one looks from now on', async () => {
  const { machine, socket, rows, said } = await connect()
  await answered({ socket, rows })
  const stopped = { id: 'stopped', filter: { names: ['STOP'] }, stop: undefined }
  const resumed = { id: 'resumed', filter: { names: ['RESUME'] }, stop: undefined }
  const say = (name: string): void => socket.say(`{"event": "${name}", ${at(1)}}\r\n`)
  machine.setAlerts([stopped])
  say('STOP')
  // Before anybody has looked: told again, with another, and told without it.
  machine.setAlerts([stopped, resumed])
  say('STOP')
  say('RESUME')
  machine.setAlerts([resumed])
  say('STOP')
  machine.setAlerts([resumed, stopped])
  const seen = (): number => rows.filter((row) => row.kind === 'event' && row.name !== 'QMP').length
  await vi.waitFor(() => expect(seen()).toBe(4))
  const found = new Map<string, number>()
  for (const { id, rows: count } of said.hits) found.set(id, (found.get(id) ?? 0) + count)
  expect([...found].sort()).toEqual([
    ['resumed', 1],
    ['stopped', 2],
  ])
  machine.disconnect()
})
