/** Files of the tasks: a collection of saved commands that is a few versions old, and an hour of a machine as a recording. */

/** Forty commands of an older QEMU: some are gone in 11.1, some take other arguments there. */
export function savedCommands(): string {
  const gone = [
    { execute: 'query-cpus' },
    { execute: 'change', arguments: { device: 'ide1-cd0', target: '/lab/cd.iso' } },
    { execute: 'migrate_set_speed', arguments: { value: 1048576 } },
    { execute: 'migrate_set_downtime', arguments: { value: 0.3 } },
    { execute: 'query-events' },
    { execute: 'block-job-pause', arguments: { device: 'job0' } },
    { execute: 'blockdev-add', arguments: { driver: 'sheepdog', 'node-name': 'old', vdi: 'a' } },
  ]
  const kept = [
    ...['query-status', 'query-block', 'query-named-block-nodes', 'query-jobs', 'query-chardev', 'query-pci'],
    ...['query-memory-devices', 'query-iothreads', 'query-migrate', 'query-version', 'query-name'],
  ]
  const rest = Array.from({ length: 40 - gone.length }, (_, at) => ({ execute: kept[at % kept.length] }))
  const commands = [...rest.slice(0, 17), ...gone, ...rest.slice(17)]
  return JSON.stringify({ format: 'qmp-studio collection', version: 1, name: 'Nightly checks', commands })
}

const begin = Date.UTC(2026, 4, 4, 3, 0, 0)

/**
 * An hour of one machine as a transcript: a question and its answer each second, refused commands, and in the 42nd minute
 * the first of three errors of a disk, after `block_resize` and a few questions.
 */
export function hourOfRows(): string {
  const lines: string[] = []
  let seq = 0
  const row = (at: number, members: Readonly<Record<string, unknown>>): void => {
    const time = new Date(begin + at).toISOString().replace('Z', '000Z')
    const { message, ...others } = members
    lines.push(JSON.stringify({ machine: 'night', seq, time, ...others, bytes: 60, message }))
    seq += 1
  }
  const command = (at: number, id: number, name: string, args: object | undefined, error?: object): void => {
    const about = { name, id, origin: 'person' }
    const sent = args === undefined ? { execute: name } : { execute: name, arguments: args }
    row(at, { direction: 'sent', kind: 'command', ...about, oob: false, message: sent })
    const kind = error === undefined ? 'return' : 'error'
    row(at + 2, {
      ...{ direction: 'received', kind, ...about, latency_ms: 2, late: false },
      ...(error === undefined ? { message: { return: {} } } : { error, message: { error } }),
    })
  }
  const event = (at: number, name: string, data: object): void => {
    const micros = begin + at
    const timestamp = { seconds: Math.floor(micros / 1000), microseconds: (micros % 1000) * 1000 }
    const message = { event: name, data, timestamp }
    row(at, { direction: 'received', kind: 'event', name, stamp: timestamp, message })
  }
  const ioError = {
    ...{ device: '', 'node-name': 'disk0', 'qom-path': '/machine/peripheral/vd0' },
    ...{ operation: 'write', action: 'report', nospace: true, reason: 'No space left on device' },
  }
  for (let second = 0; second < 3600; second += 1) {
    const at = second * 1000
    command(at, second * 10 + 1, second % 2 === 0 ? 'query-status' : 'query-blockstats', undefined)
    if (second % 600 === 90)
      command(
        at + 100,
        second * 10 + 2,
        'device_del',
        { id: 'nobody' },
        {
          ...{ class: 'DeviceNotFound', desc: "Device 'nobody' not found" },
        },
      )
    if (second === 2464)
      command(at + 200, second * 10 + 3, 'block_resize', { 'node-name': 'disk0', size: 1 << 30 })
    if (second === 2467 || second === 2580 || second === 3001) event(at + 500, 'BLOCK_IO_ERROR', ioError)
    if (second % 300 === 7) event(at + 700, 'RTC_CHANGE', { offset: 1, 'qom-path': '/machine/rtc' })
  }
  const header = {
    'qmp-studio-transcript': 1,
    made: new Date(begin + 3_600_000).toISOString().replace('Z', '000Z'),
    machines: [
      { id: 'night', name: 'night', protocol: 'qmp', version: { major: 7, minor: 2, micro: 0, package: '' } },
    ],
  }
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`
}
