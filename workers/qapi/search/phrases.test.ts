/** What people type who do not know QMP's names, and the command that has to be among the first three. */
import { describe, expect, test } from 'vitest'
import { some } from '#base/testing/runs.ts'
import { loadSchema } from '../testing/load.ts'
import { search } from './search.ts'

/** One line each: what is typed, and the command. */
const table = `
screenshot: screendump
take a picture: screendump
take a screenshot: screendump
capture the screen: screendump
screen shot: screendump
screnshot: screendump
picture of the screen: screendump
reboot: system_reset
restart vm: system_reset
reset the machine: system_reset
rebot: system_reset
power cycle: system_reset
pause: stop
pause vm: stop
puase: stop
freeze guest: stop
stop vm: stop
stop the guest: stop
suspend: stop
resume: cont
unpause: cont
resume the vm: cont
continue: cont
power off: system_powerdown
poweroff: system_powerdown
shutdown: system_powerdown
shut down guest: system_powerdown
shutdwon: system_powerdown
acpi power button: system_powerdown
kill: quit
kill qemu: quit
force off: quit
terminate: quit
wake up: system_wakeup
eject cdrom: eject
eject cd: eject
unmount iso: eject
mount iso: blockdev-change-medium
insert cd: blockdev-change-medium
change cdrom: blockdev-change-medium
open the tray: blockdev-open-tray
resize disk: block_resize
grow disk: block_resize
resize qcow2 disk: block_resize
enlarge image: block_resize
resize disc: block_resize
hotplug: device_add
hotplug disk: device_add
hot plug a nic: device_add
attach disk: device_add
add nic: device_add
add usb stick: device_add
hotplug cpu: device_add
plug in a device: device_add
unplug: device_del
detach disk: device_del
remove nic: device_del
hot unplug: device_del
add network card: netdev_add
live migration: migrate
migrate to another host: migrate
move vm to other host: migrate
migration status: query-migrate
how far is the migration: query-migrate
cancel migration: migrate_cancel
migration bandwidth: migrate-set-parameters
limit migration speed: migrate-set-parameters
receive migration: migrate-incoming
postcopy: migrate-start-postcopy
snapshot: blockdev-snapshot-sync
take snapshot: blockdev-snapshot-sync
snapshot disk: blockdev-snapshot-sync
savevm: snapshot-save
save vm state: snapshot-save
restore snapshot: snapshot-load
revert to snapshot: snapshot-load
loadvm: snapshot-load
delete snapshot: snapshot-delete
internal snapshot: blockdev-snapshot-internal-sync
backup: blockdev-backup
backup disk: blockdev-backup
incremental backup: blockdev-backup
bakcup: blockdev-backup
clone disk: blockdev-mirror
clone: blockdev-mirror
copy disk: blockdev-mirror
migrate storage: blockdev-mirror
merge snapshot: block-commit
flatten image: block-stream
rebase: change-backing-file
throttle: block_set_io_throttle
limit io: block_set_io_throttle
limit disk speed: block_set_io_throttle
iops limit: block_set_io_throttle
throttle disk io: block_set_io_throttle
list disks: query-block
show disks: query-block
disk stats: query-blockstats
list nodes: query-named-block-nodes
create image: blockdev-create
create qcow2 image: blockdev-create
add disk: blockdev-add
open an image: blockdev-add
remove disk: blockdev-del
export nbd: block-export-add
start nbd server: nbd-server-start
nbd export: block-export-add
share disk: block-export-add
list exports: query-block-exports
list jobs: query-jobs
job progress: query-jobs
cancel job: job-cancel
abort backup job: job-cancel
pause job: job-pause
finish mirror: block-job-complete
dirty bitmap: block-dirty-bitmap-add
delete bitmap: block-dirty-bitmap-remove
type keys: send-key
ctrl alt del: send-key
press enter key: send-key
keyboard: send-key
move mouse: input-send-event
change vnc password: change-vnc-password
vnc pasword: change-vnc-password
set spice password: set_password
vnc clients: query-vnc
link down: set_link
unplug network cable: set_link
mac address: query-rx-filter
balloon: balloon
shrink memory: balloon
how much memory: query-memory-size-summary
list cpus: query-cpus-fast
cpu models: query-cpu-definitions
machine types: query-machines
is kvm enabled: query-kvm
list pci devices: query-pci
lspci: query-pci
core dump: dump-guest-memory
dump memory: dump-guest-memory
send nmi: inject-nmi
watchdog: watchdog-set-action
create iothread: object-add
add secret: object-add
list devices: qom-list
set property: qom-set
run hmp command: human-monitor-command
qemu version: query-version
enable tracing: trace-event-set-state
serial ports: query-chardev
add serial port: chardev-add
send break: chardev-send-break
vm status: query-status
several commands at once: transaction
pass file descriptor: add-fd
`
  .trim()
  .split('\n')
  .map((line) => line.split(': '))

test('there are 120 phrases and more', () => {
  expect(table.length).toBeGreaterThanOrEqual(120)
})

describe.each(some(['qemu-11.1-x86_64', 'qemu-10.0-x86_64', 'qemu-7.2-x86_64']))('%s', (file) => {
  const schema = loadSchema(file)
  test.each(table)('%s: %s', (phrase, command = '') => {
    expect(schema.byName.get(command)?.kind).toBe('command')
    const first = search(schema, phrase)
      .hits.slice(0, 3)
      .map((each) => each.entity.name)
    expect(first).toContain(command)
  })
})

describe('other servers', () => {
  test.each([
    ['qemu-storage-daemon-7.2', 'resize disk', 'block_resize'],
    ['qemu-storage-daemon-7.2', 'share disk', 'block-export-add'],
    ['qemu-storage-daemon-7.2', 'kill', 'quit'],
    ['qemu-5.2-x86_64', 'screenshot', 'screendump'],
    ['qemu-5.2-x86_64', 'migration speed', 'migrate_set_speed'],
    ['qemu-5.2-x86_64', 'mount iso', 'change'],
  ])('%s: %s', (file, phrase, command) => {
    const found = search(loadSchema(file), phrase)
    expect(found.hits.slice(0, 3).map((each) => each.entity.name)).toContain(command)
  })
})
