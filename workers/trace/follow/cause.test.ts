/** The causes of events: a table by kinds of names, and properties over random commands and events. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { createCauseFinder } from './cause.ts'
import type { CauseFinder } from './cause.ts'
import { deviceName, isQuestion, namesInCommand, namesInEvent } from './named-things.ts'

const exec = (n: number): ExecId => n as ExecId

/** `NAME {json}` in two. */
function split(line: string): [name: string, data: JsonObject | undefined] {
  const [, name = '', rest = ''] = /^(\S+) ?(.*)$/.exec(line) ?? []
  if (rest === '') return [name, undefined]
  const parsed = parseJson(rest)
  if (!parsed.ok) throw new Error(`${line}: ${parsed.error.message}`)
  return [name, parsed.value as JsonObject]
}

/** Commands 1, 2, … a second apart; `failed ` before one: it is refused. The event comes a second after the last. */
function judge(commands: readonly string[], event: string): string {
  const causes = createCauseFinder()
  commands.forEach((line, index) => send(causes, line, index + 1))
  const cause = causes.causeOf(...split(event), (commands.length + 1) * 1000)
  return cause === undefined ? 'none' : `${cause.proof} ${cause.exec}`
}

function send(causes: CauseFinder, line: string, n: number): void {
  const failed = line.startsWith('failed ')
  causes.sent(exec(n), ...split(failed ? line.slice(7) : line), n * 1000)
  if (failed) causes.failed(exec(n))
  else causes.returned(exec(n))
}

test.each<[expected: string, event: string, ...commands: string[]]>([
  ['id 1', 'JOB_STATUS_CHANGE {"id":"j"}', 'blockdev-backup {"job-id":"j","device":"n","target":"t"}'],
  ['id 1', 'JOB_STATUS_CHANGE {"id":"drive0"}', 'drive-mirror {"device":"drive0","target":"f"}'],
  // The job has an id of its own: the drive's name is not the job's.
  ['none', 'JOB_STATUS_CHANGE {"id":"drive0"}', 'drive-mirror {"device":"drive0","job-id":"j"}'],
  // Verbs have a table of their own: job-verbs.test.ts.
  ['id 1', 'JOB_STATUS_CHANGE {"id":"j"}', 'block-stream {"job-id":"j"}', 'block-job-cancel {"device":"j"}'],
  ['id 1', 'JOB_STATUS_CHANGE {"id":"j"}', 'block-job-cancel {"device":"j"}'],
  [
    'id 1',
    'JOB_STATUS_CHANGE {"id":"j"}',
    'block-stream {"job-id":"j"}',
    'failed block-job-cancel {"device":"j"}',
  ],
  ['id 1', 'JOB_STATUS_CHANGE {"id":"j"}', 'block-stream {"job-id":"j"}', 'query-jobs {"id":"j"}'],
  // A job and a device of one name.
  ['id 1', 'JOB_STATUS_CHANGE {"id":"x1"}', 'block-commit {"job-id":"x1"}', 'device_del {"id":"x1"}'],
  ['id 1', 'DEVICE_DELETED {"device":"x1","path":"/"}', 'device_del {"id":"x1"}', 'job-cancel {"id":"x1"}'],
  ['none', 'DEVICE_DELETED {"device":"x1"}', 'job-cancel {"id":"x1"}', 'blockdev-del {"node-name":"x1"}'],
  ['id 1', 'BLOCK_JOB_COMPLETED {"device":"j"}', 'drive-backup {"job-id":"j"}', 'device_add {"id":"j"}'],
  ['id 1', 'BLOCK_JOB_PENDING {"id":"j"}', 'blockdev-mirror {"job-id":"j"}'],
  ['id 1', 'BLOCK_JOB_ERROR {"device":"j"}', 'blockdev-mirror {"job-id":"j"}'],
  ['id 1', 'DEVICE_DELETED {"path":"/machine/peripheral/net0"}', 'device_del {"id":"net0"}'],
  ['id 1', 'DEVICE_DELETED {"path":"/machine/peripheral/net0/virtio"}', 'device_del {"id":"net0"}'],
  ['id 1', 'DEVICE_DELETED {"path":"/machine/peripheral/d"}', 'device_del {"id":"/machine/peripheral/d"}'],
  ['none', 'DEVICE_DELETED {"path":"/machine/peripheral/net0/net1"}', 'device_del {"id":"net1"}'],
  ['id 1', 'DEVICE_UNPLUG_GUEST_ERROR {"device":"d","path":"p"}', 'device_del {"id":"d"}'],
  ['id 1', 'MEM_UNPLUG_ERROR {"device":"dimm0","msg":"busy"}', 'device_del {"id":"dimm0"}'],
  ['id 1', 'ACPI_DEVICE_OST {"info":{"device":"dimm0","slot":"0"}}', 'device_add {"id":"dimm0"}'],
  [
    'id 1',
    'MEMORY_DEVICE_SIZE_CHANGE {"id":"vm0"}',
    'qom-set {"path":"/machine/peripheral/vm0","property":"requested-size","value":1}',
  ],
  ['id 1', 'BLOCK_EXPORT_DELETED {"id":"e"}', 'block-export-del {"id":"e"}'],
  ['id 1', 'BLOCK_EXPORT_DELETED {"id":"drive0"}', 'nbd-server-add {"device":"drive0"}'],
  ['none', 'BLOCK_EXPORT_DELETED {"id":"n"}', 'block-export-add {"id":"e","node-name":"n"}'],
  ['id 1', 'DEVICE_TRAY_MOVED {"device":"","id":"cd0"}', 'eject {"id":"cd0"}'],
  ['id 1', 'DEVICE_TRAY_MOVED {"device":"drive0","id":"/machine/x"}', 'eject {"device":"drive0"}'],
  ['none', 'DEVICE_TRAY_MOVED {"device":"","id":"cd1"}', 'eject {"id":"cd0"}'],
  // The one names a drive, the other a device: nothing says that they are not the same.
  ['near 1', 'DEVICE_TRAY_MOVED {"device":"","id":"cd1"}', 'eject {"device":"drive0"}'],
  ['id 1', 'BLOCK_WRITE_THRESHOLD {"node-name":"n0"}', 'block-set-write-threshold {"node-name":"n0"}'],
  ['id 1', 'BLOCK_IO_ERROR {"device":"","node-name":"f"}', 'blockdev-add {"file":{"node-name":"f"}}'],
  ['id 1', 'NETDEV_STREAM_CONNECTED {"netdev-id":"net"}', 'netdev_add {"id":"net","type":"stream"}'],
  ['id 1', 'VSERPORT_CHANGE {"id":"port0","open":true}', 'device_add {"id":"port0"}'],
  [
    'id 1',
    'JOB_STATUS_CHANGE {"id":"b"}',
    'transaction {"actions":[{"type":"drive-backup","data":{"device":"b"}}]}',
  ],
  ['none', 'VNC_CONNECTED {"server":{"host":"h"},"client":{"host":"h"}}', 'device_add {"id":"h"}'],
  ['id 1', 'SOMETHING_NEW {"id":"thing"}', 'x-new-command {"options":[{"id":"thing"}]}'],
  ['id 1', 'SOMETHING_NEW {"name":"thing"}', 'chardev-add {"id":"thing"}'],
  ['none', 'SOMETHING_NEW {"name":"x"}', 'x-new-command {"id":"x"}'],
  ['near 1', 'STOP', 'stop'],
  ['none', 'STOP', 'failed stop'],
  ['near 1', 'STOP', 'stop', 'failed stop'],
  ['none', 'RESUME', 'stop'],
  ['near 2', 'MIGRATION {"status":"cancelling"}', 'migrate {"uri":"tcp:h:1"}', 'migrate_cancel'],
  ['near 1', 'VFIO_MIGRATION {"device-id":"v"}', 'migrate {"uri":"u"}', 'device_add {"id":"v"}'],
  ['near 1', 'NIC_RX_FILTER_CHANGED {"path":"/machine/unattached/device[1]/virtio"}', 'set_link {"up":true}'],
  ['none', 'NIC_RX_FILTER_CHANGED {"name":"nic1","path":"p"}', 'set_link {"name":"nic0","up":true}'],
  ['none', 'constructor', 'stop'],
  ['none', 'STOP', 'constructor'],
])('%s: %s', (expected, event, ...commands) => {
  expect(judge(commands, event)).toBe(expected.replace('near', 'nearness'))
})

describe('what started a job', () => {
  test('is the command that makes it, whatever has named it since, and no other job of that name', () => {
    const causes = createCauseFinder()
    send(causes, 'blockdev-backup {"job-id":"j","device":"n"}', 1)
    send(causes, 'job-pause {"id":"j"}', 2)
    expect(causes.starterOf('job', 'j')).toEqual({ exec: 1, type: 'backup' })
    expect(causes.starterOf('job', 'j')).toBeUndefined()
    expect(causes.starterOf('device', 'j')).toBeUndefined()
  })

  test('a refused command starts nothing', () => {
    const causes = createCauseFinder()
    send(causes, 'failed block-stream {"job-id":"j"}', 1)
    expect(causes.starterOf('job', 'j')).toBeUndefined()
  })

  test('what ended takes its commands with it, but not one on its way that starts the next', () => {
    const causes = createCauseFinder()
    send(causes, 'block-stream {"job-id":"j"}', 1)
    causes.starterOf('job', 'j')
    causes.sent(exec(2), 'job-cancel', { id: 'j' }, 2000)
    causes.sent(exec(3), 'block-commit', { 'job-id': 'j' }, 3000)
    causes.ended('job', 'j')
    expect(causes.causeOf('JOB_STATUS_CHANGE', { id: 'j' }, 3000)).toEqual({ exec: 3, proof: 'id' })
    expect(causes.starterOf('job', 'j')).toEqual({ exec: 3, type: 'commit' })
    causes.returned(exec(3))
    causes.ended('job', 'j')
    expect(causes.causeOf('JOB_STATUS_CHANGE', { id: 'j' }, 3000)).toBeUndefined()
  })
})

test('a hundred thousand commands leave no more than the newest', () => {
  const causes = createCauseFinder()
  for (let n = 1; n <= 100_000; n += 1) causes.sent(exec(n), 'device_del', { id: `d${n}` }, n)
  expect(causes.causeOf('DEVICE_DELETED', { device: 'd98000' }, 0)).toBeUndefined()
  expect(causes.causeOf('DEVICE_DELETED', { device: 'd99500' }, 0)).toEqual({ exec: 99_500, proof: 'id' })
  causes.clear()
  expect(causes.causeOf('DEVICE_DELETED', { device: 'd99500' }, 0)).toBeUndefined()
})

test.each([
  ['/machine/peripheral/disk0', 'disk0'],
  ['/machine/peripheral/disk0/virtio-backend', 'disk0'],
  ['/machine/peripheral-anon/device[3]/bus', '/machine/peripheral-anon/device[3]'],
  ['/machine/unattached/device[3]', '/machine/unattached/device[3]'],
  ['disk0', 'disk0'],
])('%s is %s', (path, name) => {
  expect(deviceName(path)).toBe(name)
})

// ── properties ─────────────────────────────────────────────────────────────────────────────────────────────────

const id = fc.constantFrom('aa', 'bb', 'cc', 'd', '/machine/peripheral/aa', '/machine/peripheral/bb/x', '')
const data: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom('id', 'device', 'node-name', 'job-id', 'path', 'qom-path', 'name', 'target', 'info'),
  fc.oneof({ weight: 9, arbitrary: id }, anyJson()),
  { maxKeys: 3, noNullPrototype: true },
)
const commandName = fc.constantFrom(
  ...['stop', 'cont', 'quit', 'eject', 'set_link', 'migrate', 'device_add', 'device_del', 'drive-mirror'],
  ...['block-job-cancel', 'job-cancel', 'blockdev-add', 'query-jobs', 'qom-get', 'qom-set', 'x-unknown'],
)
const eventName = fc.constantFrom(
  ...['STOP', 'RESUME', 'MIGRATION', 'DEVICE_TRAY_MOVED', 'NIC_RX_FILTER_CHANGED', 'JOB_STATUS_CHANGE'],
  ...['BLOCK_JOB_READY', 'DEVICE_DELETED', 'BLOCK_IO_ERROR', 'ACPI_DEVICE_OST', 'UNKNOWN_EVENT'],
)
type Step =
  | { kind: 'command'; name: string; args: JsonObject; wait: number; failed: boolean }
  | { kind: 'event'; name: string; data: JsonObject; wait: number }
const wait = fc.constantFrom(0, 1, 3000, 9999, 10_001)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('command' as const),
    name: commandName,
    args: data,
    wait,
    failed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('event' as const), name: eventName, data, wait }),
)

test('never proof without a name in common, never near beyond 10 s or against the names, never a question', () => {
  const seen = { id: 0, nearness: 0 }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const causes = createCauseFinder()
      const sent = new Map<number, Extract<Step, { kind: 'command' }> & { at: number }>()
      let at = 0
      steps.forEach((each, index) => {
        at += each.wait
        if (each.kind === 'command') {
          sent.set(index, { ...each, at })
          causes.sent(exec(index), each.name, each.args, at)
          if (each.failed) causes.failed(exec(index))
          return
        }
        const cause = causes.causeOf(each.name, each.data, at)
        if (cause === undefined) return
        const command = sent.get(cause.exec)!
        seen[cause.proof] += 1
        expect(command.failed).toBe(false)
        expect(isQuestion(command.name)).toBe(false)
        const theirs = namesInCommand(command.name, command.args)
        const its = namesInEvent(each.name, each.data)
        const pairs = theirs.flatMap((a) =>
          its
            .filter((b) => a.kind === b.kind || a.kind === 'any' || b.kind === 'any')
            .map((b) => [a, b] as const),
        )
        const common = pairs.filter(([a, b]) => a.name === b.name)
        if (cause.proof === 'id') {
          expect(common.length).toBeGreaterThan(0)
          expect(printJson(command.args)).toContain(common[0]![0].name)
          expect(printJson(each.data)).toContain(common[0]![0].name)
        } else {
          expect(at - command.at).toBeLessThanOrEqual(10_000)
          expect(pairs.length === 0 || common.length > 0).toBe(true)
        }
      })
    }),
    { numRuns: 3000 },
  )
  expect(seen.id).toBeGreaterThan(50)
  expect(seen.nearness).toBeGreaterThan(50)
})

test('whatever comes, it never throws', () => {
  const anyData = fc.oneof(data, fc.dictionary(fc.string(), anyJson(), { noNullPrototype: true }))
  fc.assert(
    fc.property(
      fc.oneof(commandName, fc.constant('transaction'), fc.string()),
      eventName,
      anyData,
      (name, event, args) => {
        const causes = createCauseFinder()
        causes.sent(exec(1), name, args, 0)
        causes.causeOf(event, args, 1)
      },
    ),
  )
})
