import { expect, test } from 'vitest'
import { inverseOf } from '#views/command/inverse.ts'
import { loadSchema, schemaOf } from '../testing/load.ts'
import { relatedTo } from './related.ts'
import { leadsTo } from './leads-to.ts'
import { inverseLines, namesInEvents, queryLines } from './tables.ts'

/** Known pairs: a command or event, what belongs to it, and as what. */
const pairs = `
stop STOP event
stop cont inverse
stop query-status query
cont RESUME event
cont stop inverse
system_reset RESET event
system_powerdown POWERDOWN event
system_powerdown SHUTDOWN event
quit SHUTDOWN event
system_wakeup WAKEUP event
blockdev-add blockdev-del inverse
blockdev-add query-named-block-nodes query
blockdev-del blockdev-add inverse
blockdev-backup BLOCK_JOB_COMPLETED event
blockdev-backup JOB_STATUS_CHANGE event
blockdev-backup query-block-jobs query
blockdev-backup job-cancel inverse
blockdev-mirror BLOCK_JOB_READY event
blockdev-mirror query-jobs query
block-stream BLOCK_JOB_COMPLETED event
block-commit query-block-jobs query
drive-backup BLOCK_JOB_ERROR event
snapshot-save snapshot-delete inverse
snapshot-save query-jobs query
snapshot-save JOB_STATUS_CHANGE event
device_add device_del inverse
device_add qom-list query
device_del DEVICE_DELETED event
device_del DEVICE_UNPLUG_GUEST_ERROR event
netdev_add netdev_del inverse
chardev-add chardev-remove inverse
chardev-add query-chardev query
object-add object-del inverse
object-add query-iothreads query
block-export-add block-export-del inverse
block-export-add query-block-exports query
block-export-del BLOCK_EXPORT_DELETED event
nbd-server-start nbd-server-stop inverse
nbd-server-add nbd-server-remove inverse
block-dirty-bitmap-add block-dirty-bitmap-remove inverse
block-dirty-bitmap-enable block-dirty-bitmap-disable inverse
block-dirty-bitmap-add query-named-block-nodes query
block-set-write-threshold BLOCK_WRITE_THRESHOLD event
eject DEVICE_TRAY_MOVED event
eject query-block query
blockdev-open-tray blockdev-close-tray inverse
job-pause job-resume inverse
job-cancel JOB_STATUS_CHANGE event
block-job-cancel BLOCK_JOB_CANCELLED event
migrate MIGRATION event
migrate query-migrate query
migrate migrate_cancel inverse
migrate-set-parameters query-migrate-parameters query
migrate-set-capabilities query-migrate-capabilities query
balloon BALLOON_CHANGE event
balloon query-balloon query
dump-guest-memory DUMP_COMPLETED event
dump-guest-memory query-dump query
set_link NIC_RX_FILTER_CHANGED event
watchdog-set-action WATCHDOG event
set_password query-vnc query
add-fd remove-fd inverse
trace-event-set-state trace-event-get-state query
calc-dirty-rate query-dirty-rate query
qom-set qom-get query
STOP stop cause
RESUME cont cause
STOP query-status query
BLOCK_JOB_COMPLETED blockdev-backup cause
BLOCK_JOB_READY query-block-jobs query
DEVICE_DELETED device_del cause
MIGRATION migrate cause
MIGRATION query-migrate query
BLOCK_IO_ERROR query-block query
query-status stop maker
query-jobs blockdev-backup maker
query-migrate migrate maker
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '))

test('there are 60 pairs and more', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(60)
})

const schema = loadSchema('qemu-7.2-x86_64')

test.each(pairs)('%s has %s as its %s', (name = '', other = '', role = '') => {
  const entity = schema.byName.get(name)
  if (entity === undefined) throw new Error(`there is no ${name}`)
  const found = relatedTo(schema, entity)
  expect(found.map((each) => `${each.name} ${each.role}`)).toContain(`${other} ${role}`)
  expect(found.every((each) => each.why !== '')).toBe(true)
})

test('names of the tables are those of a recorded schema or of the guest agent', () => {
  const known = new Set(
    ['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64'].flatMap((file) =>
      loadSchema(file)
        .entities.filter((each) => each.kind === 'command' || each.kind === 'event')
        .map((each) => each.name),
    ),
  )
  const named = [
    ...queryLines.flatMap(([names, query]) => [...names.split(' '), query]),
    ...inverseLines.flatMap(([one, other]) => [one, other]),
    ...[...leadsTo, ...namesInEvents].flatMap(([name, events]) => [name, ...events]),
  ]
  expect(named.filter((each) => !known.has(each) && !each.startsWith('guest-'))).toEqual([])
})

test('what the command view takes back is an inverse here', () => {
  const all = { id: 'x', name: 'x', node: 'x', device: 'x', 'node-name': 'x' }
  const odd = schema.entities.flatMap((each) => {
    const inverse = each.kind === 'command' ? inverseOf(each.name, all) : undefined
    if (inverse === undefined || inverse.name === each.name) return []
    const found = relatedTo(schema, each).find((one) => one.name === inverse.name)
    return found?.role === 'inverse' ? [] : [`${each.name} ${inverse.name}`]
  })
  expect(odd).toEqual([])
})

test('nothing is there twice, nothing that the schema lacks, never the thing itself; most have something', () => {
  for (const file of ['qemu-5.2-x86_64', 'qemu-11.1-x86_64', 'qemu-storage-daemon-7.2']) {
    const each = loadSchema(file)
    const named = each.entities.filter(({ kind }) => kind === 'command' || kind === 'event')
    let alone = 0
    for (const entity of named) {
      const names = relatedTo(each, entity).map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      expect(names.every((name) => each.byName.has(name) && name !== entity.name)).toBe(true)
      if (names.length === 0) alone += 1
    }
    expect(alone / named.length).toBeLessThan(0.3)
  }
})

test('the agent has its own pairs', () => {
  const names = ['guest-exec', 'guest-exec-status', 'guest-fsfreeze-freeze', 'guest-fsfreeze-thaw']
  const agent = schemaOf([
    ...names.map((name) => ({ name, 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' })),
    { name: 'none', 'meta-type': 'object', members: [] },
  ])
  const of = (name: string): readonly (readonly [string, string])[] => {
    const entity = agent.byName.get(name)
    return entity === undefined ? [] : relatedTo(agent, entity).map((each) => [each.name, each.role])
  }
  expect(of('guest-exec')).toContainEqual(['guest-exec-status', 'query'])
  expect(of('guest-fsfreeze-thaw')).toContainEqual(['guest-fsfreeze-freeze', 'inverse'])
})
