/** Events and tracks in words. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId } from '#qmp/report.ts'
import { parseJson } from '#base/json/parse.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { sayTrack } from './say-track.ts'
import { sayEvent } from './say.ts'
import type { Track } from '#record/track.ts'

test.each([
  ['STOP', '', 'the machine is stopped'],
  ['SHUTDOWN', '{"guest":false,"reason":"host-qmp-quit"}', 'the machine shuts down by the command quit'],
  ['RESET', '{"guest":true,"reason":"guest-reset"}', 'the machine is reset at the request of the guest'],
  ['RESET', '{"guest":false,"reason":"a-new-one"}', 'the machine is reset (a-new-one)'],
  [
    'BLOCK_IO_ERROR',
    '{"device":"drive0","node-name":"#block1","operation":"write","action":"stop","nospace":true,"reason":"ENOSPC"}',
    'writing to drive0 failed: no space left; the machine is stopped',
  ],
  [
    'BLOCK_IO_ERROR',
    '{"device":"","node-name":"disk","operation":"read","action":"report","reason":"Input/output error"}',
    'reading from node disk failed: Input/output error; the guest gets the error',
  ],
  ['JOB_STATUS_CHANGE', '{"id":"job0","status":"pending"}', 'job job0 waits to be finalized'],
  ['JOB_STATUS_CHANGE', '{"id":"job0","status":"dreaming"}', 'job job0 is dreaming'],
  [
    'BLOCK_JOB_COMPLETED',
    '{"type":"mirror","device":"job0","len":67108864,"offset":1048576,"speed":0,"error":"No space left on device"}',
    'mirror job job0 failed: No space left on device, 1.00 MiB of 64.0 MiB',
  ],
  [
    'BLOCK_JOB_ERROR',
    '{"device":"j","operation":"read","action":"stop"}',
    'job j could not read: it is paused',
  ],
  [
    'GUEST_PANICKED',
    '{"action":"pause","info":{"type":"hyper-v","arg1":158}}',
    'the guest panicked (Hyper-V code 0x9e); the machine is stopped',
  ],
  ['WATCHDOG', '{"action":"inject-nmi"}', 'the watchdog was not fed: the guest gets an NMI'],
  ['WATCHDOG', '{"action":"sing"}', 'the watchdog was not fed: sing'],
  ['DEVICE_DELETED', '{"device":"net0","path":"/machine/peripheral/net0"}', 'device net0 is unplugged'],
  [
    'DEVICE_DELETED',
    '{"path":"/machine/peripheral/net0/virtio-backend"}',
    '/machine/peripheral/net0/virtio-backend is gone',
  ],
  ['BALLOON_CHANGE', '{"actual":18446744073709551615}', 'the balloon leaves the guest 16.0 EiB of memory'],
  ['RTC_CHANGE', '{"offset":-78}', 'the guest sets its clock: −78 s from the host’s'],
  [
    'MIGRATION',
    '{"status":"postcopy-paused"}',
    'migration is paused: the connection broke after the machine had moved to the other side',
  ],
  ['MIGRATION', '{"status":"new"}', 'migration: new'],
  [
    'DUMP_COMPLETED',
    '{"result":{"status":"completed","completed":1024,"total":1024}}',
    'the memory dump is complete: 1.00 KiB',
  ],
  [
    'VNC_INITIALIZED',
    '{"client":{"host":"10.0.0.1","service":"50000","sasl_username":"eve"}}',
    'VNC: 10.0.0.1:50000 is logged in as eve',
  ],
  [
    'NETDEV_STREAM_CONNECTED',
    '{"netdev-id":"n","addr":{"type":"inet","host":"::1","port":"9"}}',
    'netdev n is connected to ::1:9',
  ],
  [
    'QUORUM_FAILURE',
    '{"reference":"q","sector-num":8,"sectors-count":1}',
    'quorum q has no majority: 1 sector from 8 on',
  ],
  ['VSERPORT_CHANGE', '{"id":"a\\nb\\u202eb","open":false}', 'the guest has closed port a b b'],
  ['BLOCK_EXPORT_DELETED', '{"id":7}', 'export 7 is gone'],
  ['BLOCK_EXPORT_DELETED', '{}', 'export … is gone'],
])('%s %s', (name, json, expected) => {
  const parsed = parseJson(json === '' ? '{}' : json)
  if (!parsed.ok) throw new Error(parsed.error.message)
  expect(sayEvent(name, json === '' ? undefined : (parsed.value as JsonObject))).toBe(expected)
})

test('an event that is not known is left to the manual', () => {
  for (const name of ['NEW_EVENT', 'constructor', '__proto__', '']) expect(sayEvent(name, {})).toBeUndefined()
})

test('a long word is cut, not through a character', () => {
  const said = sayEvent('BLOCK_EXPORT_DELETED', { id: `${'a'.repeat(78)}😀${'b'.repeat(1e6)}` })
  expect(said).toBe(`export ${'a'.repeat(78)}… is gone`)
})

/** Every event of a QEMU of today. */
const events = [
  ...['ACPI_DEVICE_OST', 'BALLOON_CHANGE', 'BLOCK_EXPORT_DELETED', 'BLOCK_IMAGE_CORRUPTED', 'BLOCK_IO_ERROR'],
  ...[
    'BLOCK_JOB_CANCELLED',
    'BLOCK_JOB_COMPLETED',
    'BLOCK_JOB_ERROR',
    'BLOCK_JOB_PENDING',
    'BLOCK_JOB_READY',
  ],
  ...['BLOCK_WRITE_THRESHOLD', 'COLO_EXIT', 'CPU_POLARIZATION_CHANGE', 'DEVICE_DELETED', 'DEVICE_TRAY_MOVED'],
  ...[
    'DEVICE_UNPLUG_GUEST_ERROR',
    'DUMP_COMPLETED',
    'FAILOVER_NEGOTIATED',
    'GUEST_CRASHLOADED',
    'GUEST_PANICKED',
  ],
  ...['GUEST_PVSHUTDOWN', 'HV_BALLOON_STATUS_REPORT', 'JOB_STATUS_CHANGE', 'MEMORY_DEVICE_SIZE_CHANGE'],
  ...['MEMORY_FAILURE', 'MEM_UNPLUG_ERROR', 'MIGRATION', 'MIGRATION_PASS', 'NETDEV_STREAM_CONNECTED'],
  ...['NETDEV_STREAM_DISCONNECTED', 'NETDEV_VHOST_USER_CONNECTED', 'NETDEV_VHOST_USER_DISCONNECTED'],
  ...[
    'NIC_RX_FILTER_CHANGED',
    'POWERDOWN',
    'PR_MANAGER_STATUS_CHANGED',
    'QUORUM_FAILURE',
    'QUORUM_REPORT_BAD',
  ],
  ...['RDMA_GID_STATUS_CHANGED', 'RESET', 'RESUME', 'RTC_CHANGE', 'SCLP_CPI_INFO_AVAILABLE', 'SHUTDOWN'],
  ...[
    'SPICE_CONNECTED',
    'SPICE_DISCONNECTED',
    'SPICE_INITIALIZED',
    'SPICE_MIGRATE_COMPLETED',
    'STOP',
    'SUSPEND',
  ],
  ...['SUSPEND_DISK', 'UNPLUG_PRIMARY', 'VFIO_MIGRATION', 'VFU_CLIENT_HANGUP', 'VNC_CONNECTED'],
  ...['VNC_DISCONNECTED', 'VNC_INITIALIZED', 'VSERPORT_CHANGE', 'WAKEUP', 'WATCHDOG'],
]

test('every event of QEMU 5.2 to 11.1 is said, in one line', () => {
  for (const name of events) expect(sayEvent(name, {}), name).toMatch(/^\S.*\S$/)
})

const members = fc.constantFrom(
  ...[
    'id',
    'device',
    'node-name',
    'status',
    'action',
    'info',
    'result',
    'client',
    'addr',
    'type',
    'len',
    'offset',
  ],
  ...['reason', 'arg1', 'error', 'path', 'actual', 'host', 'flags', 'operation', 'sectors-count', 'guest'],
)

test('whatever the data, it is one line of bearable length, and never throws', () => {
  const data = fc.dictionary(members, anyJson(), { noNullPrototype: true })
  const nested = fc.dictionary(members, fc.oneof(data, anyJson()), { noNullPrototype: true })
  fc.assert(
    fc.property(fc.constantFrom(...events), fc.oneof(nested, data), (name, value) => {
      const said = sayEvent(name, value) ?? ''
      expect(said).not.toBe('')
      expect(said).not.toMatch(/[\n\r\u2028\u0000]|undefined|NaN|\[object/)
      expect(said.length).toBeLessThan(600)
    }),
    { numRuns: runs(5000) },
  )
})

// ── tracks ─────────────────────────────────────────────────────────────────────────────────────────────────────

const mega = 1024 * 1024

function track(changes: Partial<Track>, state = 'running'): string {
  return sayTrack({
    ...{ id: 1, kind: 'job', name: 'job0', type: 'backup', start: 0, end: undefined, progress: [] },
    ...{ phases: [{ at: 0, state, seq: 0 }], limit: undefined, outcome: 'open', error: undefined },
    ...{ cause: { exec: 1 as ExecId, proof: 'id' }, rows: [] },
    ...changes,
  })
}

/** Samples of `MiB` at seconds, of 1000 MiB. */
const at = (...samples: readonly (readonly [second: number, done: number])[]): Track['progress'] =>
  samples.map(([second, done]) => ({ at: second * 1000, current: done * mega, total: 1000 * mega }))

describe('a track in words', () => {
  test.each<[expected: string, changes: Partial<Track>, state?: string]>([
    ['backup job job0: running', {}],
    ['backup job job0: 62 %', { progress: at([1, 620]) }],
    ['backup job job0: 62 %, 120 MiB/s, 3.2 s left', { progress: at([1, 500], [2, 620]) }],
    // The rate is that of the last five seconds.
    [
      'backup job job0: 60 %, 100 MiB/s, 13 s left',
      { progress: at([0, 0], [100, 200], [102, 400], [104, 600]) },
    ],
    ['backup job job0: 50 %, no progress', { progress: at([1, 500], [3, 500]) }],
    ['backup job job0: paused, 50 %', { progress: at([1, 400], [3, 500]) }, 'paused'],
    [
      'mirror job job0: ready, 100 %, 500 MiB/s',
      { type: 'mirror', progress: at([1, 500], [2, 1000]) },
      'ready',
    ],
    ['backup job job0: running (no space left)', { error: 'nospace' }],
    [
      'backup job job0: paused on an error (I/O error), can be resumed, 40 % of 1000 MiB',
      { error: 'failed', progress: at([1, 400]) },
      'paused',
    ],
    [
      'backup job job0: failed: No space left on device',
      { outcome: 'failed', error: 'No space left on device', end: 9 },
    ],
    [
      'job job0: done in 1 min 5 s, 1000 MiB',
      { type: '', outcome: 'done', end: 65_000, progress: at([1, 1000]) },
    ],
    [
      'backup job job0: cancelled, 20 % of 1000 MiB',
      { outcome: 'cancelled', end: 1, progress: at([1, 200]) },
    ],
    ['backup job job0: its end was not seen', { outcome: 'unknown', end: 1 }],
    ['machine: io-error', { kind: 'run-state', name: '', type: '' }, 'io-error'],
    [
      'machine: running, not known since',
      { kind: 'run-state', name: '', type: '', outcome: 'unknown', end: 1 },
    ],
    [
      'outgoing migration: 50 %',
      { kind: 'migration', name: '', type: 'outgoing', progress: at([1, 500]) },
      'active',
    ],
    ['memory dump: failed', { kind: 'dump', name: '', type: '', outcome: 'failed', end: 1 }, 'failed'],
    [
      'virtio-net-pci net0: asked to be unplugged',
      { kind: 'device', name: 'net0', type: 'virtio-net-pci' },
      'unplug-asked',
    ],
    [
      'device net0: not unplugged: in use',
      { kind: 'device', name: 'net0', type: '', error: 'in use' },
      'unplug-failed',
    ],
    ['usb-kbd without a name: plugged', { kind: 'device', name: '', type: 'usb-kbd' }, 'plugged'],
    [
      'device net0: unplugged',
      { kind: 'device', name: 'net0', type: '', outcome: 'done', end: 3 },
      'deleted',
    ],
  ])('%s', (expected, changes, state) => {
    expect(track(changes, state)).toBe(expected)
  })
})
