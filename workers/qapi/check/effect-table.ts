/**
 * What each command may do to a machine, with the reason: the whole of the recorded schemas (QEMU 5.2, 7.2, 10.0, 11.1,
 * the storage daemon) and of the guest agent. `effect.ts` reads it; a command that is not in it is unclassified.
 * effect.test.ts holds that no command of those schemas is missing.
 * Tested by workers/qapi/check/effect.test.ts.
 * @adr 0039
 */

/**
 * `reads` changes nothing, and passes a machine that is locked to read only. `changes` can be undone, or is harmless. `dangerous` ends the guest, loses data, writes a file of the host, opens a door to the outside, or
 * ends QEMU.
 */
export type EffectClass = 'reads' | 'changes' | 'dangerous'

/** One line of the table: what it may do, and why it is there. For `dangerous` the reason is what will happen. */
export interface Classed {
  readonly effect: EffectClass
  /** After the name of the command for `reads`; a sentence for `dangerous`. */
  readonly why: string
}

type EffectLine = readonly [names: string, why: string]

/** Queries that return what QEMU knows already. By name, so that a new one is classified before it passes. */
const queries = `
  query-accelerators query-acpi-ospm-status query-audiodevs query-balloon query-block query-block-exports
  query-block-jobs query-blockstats query-chardev query-chardev-backends query-colo-status query-command-line-options
  query-commands query-cpu-definitions query-cpu-model-baseline query-cpu-model-comparison query-cpu-model-expansion
  query-cpus query-cpus-fast query-cryptodev query-current-machine query-dirty-rate query-display-options query-dump
  query-dump-guest-memory-capability query-events query-fdsets query-firmware-log query-gic-capabilities
  query-hotpluggable-cpus query-hv-balloon-status-report query-iothreads query-jobs query-kvm query-machines
  query-memdev query-memory-devices query-memory-size-summary query-mice query-migrate query-migrate-cache-size
  query-migrate-capabilities query-migrate-parameters query-migrationthreads query-name query-named-block-nodes
  query-pci query-pr-managers query-qmp-schema query-replay query-rocker query-rocker-of-dpa-flows
  query-rocker-of-dpa-groups query-rocker-ports query-rx-filter query-s390x-cpu-polarization query-sev
  query-sev-attestation-report query-sev-capabilities query-sev-launch-measure query-sgx query-sgx-capabilities
  query-spice query-stats query-stats-schemas query-status query-target query-tpm query-tpm-models query-tpm-types
  query-uuid query-vcpu-dirty-limit query-version query-vm-generation-id query-vnc query-vnc-servers
  query-xen-replication-status query-yank
  x-query-interrupt-controllers x-query-irq x-query-jit x-query-numa x-query-opcount x-query-profile
  x-query-ramblock x-query-rdma x-query-roms x-query-usb x-query-virtio x-query-virtio-queue-element
  x-query-virtio-queue-status x-query-virtio-status x-query-virtio-vhost-queue-status`

const reads: readonly EffectLine[] = [
  [queries, 'is a query'],
  ['qom-get', 'reads one property of an object'],
  ['qom-list', 'lists the properties of an object'],
  ['qom-list-get', 'reads the properties of objects'],
  ['qmp_capabilities', 'is the negotiation of the connection itself'],
  ['trace-event-get-state', 'reads which trace events are on'],
  ['request-ebpf', 'returns a program that QEMU carries'],
  ['xen-event-list', 'lists event channels'],
  ['x-gate-status', 'tells who is at the gate before the machine'],
  ['x-accel-stats', 'reads statistics of the accelerator'],
  ['x-debug-query-block-graph', 'describes the graph of block nodes'],
  ['x-debug-block-dirty-bitmap-sha256', 'computes the checksum of a bitmap'],
  ['guest-ping', 'is answered, and that is all'],
  ['guest-info', 'lists the commands of the agent'],
  ['guest-sync guest-sync-delimited', 'returns its own argument'],
  ['guest-fsfreeze-status', 'reads whether file systems are frozen'],
  ['guest-ssh-get-authorized-keys', 'reads the keys that may log in'],
  [
    `guest-get-cpustats guest-get-devices guest-get-disks guest-get-diskstats guest-get-fsinfo guest-get-host-name
    guest-get-load guest-get-memory-block-info guest-get-memory-blocks guest-get-osinfo guest-get-time
    guest-get-timezone guest-get-users guest-get-vcpus guest-network-get-interfaces guest-network-get-route`,
    'reads something of the guest',
  ],
]

const changes: readonly EffectLine[] = [
  ['cont stop', 'the guest goes on or pauses'],
  ['system_wakeup', 'the guest wakes up'],
  ['balloon', 'the guest gets another amount of memory'],
  ['send-key input-send-event', 'the guest gets input'],
  ['chardev-send-break', 'the guest gets a break on a line'],
  ['x-gate-take', 'which client of the gate writes on a line'],
  ['set_link announce-self', 'the guest’s network is told something'],
  ['rtc-reset-reinjection', 'missed ticks of the clock are dropped'],
  ['set-action watchdog-set-action', 'what happens at a later panic, reset or shutdown'],
  ['set-cpu-topology set-numa-node', 'how the machine is made up'],
  ['trace-event-set-state', 'what is traced'],
  ['object-del', 'an object that nothing uses'],
  ['blockdev-add blockdev-del', 'block nodes; an image in use stays'],
  ['blockdev-close-tray blockdev-insert-medium blockdev-open-tray', 'a tray and its medium'],
  ['blockdev-remove-medium blockdev-change-medium change eject', 'a tray and its medium'],
  ['blockdev-snapshot blockdev-snapshot-internal-sync', 'a snapshot beside what is there'],
  ['blockdev-set-active', 'who may use a node'],
  [
    'block-dirty-bitmap-add block-dirty-bitmap-disable block-dirty-bitmap-enable block-dirty-bitmap-merge',
    'bitmaps; what they have noted stays',
  ],
  ['block-job-change block-job-complete block-job-dismiss block-job-finalize', 'a job'],
  ['block-job-pause block-job-resume block-job-set-speed', 'a job'],
  ['job-complete job-dismiss job-finalize job-pause job-resume', 'a job'],
  ['block-latency-histogram-set block-set-write-threshold block_set_io_throttle', 'limits and counters'],
  ['block_passwd', 'gives QEMU the password of an image'],
  ['chardev-remove', 'a character device that nothing uses'],
  ['ringbuf-read ringbuf-write', 'a ring buffer; what is read is gone from it'],
  ['add-fd remove-fd getfd closefd', 'files that were handed over'],
  ['client_migrate_info', 'where viewers go after a migration'],
  ['calc-dirty-rate set-vcpu-dirty-limit cancel-vcpu-dirty-limit', 'measuring or slowing writes to memory'],
  ['migrate-set-cache-size migrate-set-capabilities migrate-set-parameters', 'settings of a migration'],
  ['migrate_set_downtime migrate_set_speed', 'settings of a migration'],
  ['migrate_cancel migrate-continue', 'a migration'],
  ['display-reload', 'certificates are read again'],
  ['device-sync-config', 'the guest is told of a change of its device'],
  ['replay-break replay-delete-break', 'where a replay stops'],
  ['cxl-add-dynamic-capacity', 'the guest is offered memory'],
  ['sev-inject-launch-secret', 'a secret for the guest'],
  ['xen-set-global-dirty-log xen-set-replication', 'what Xen follows'],
  ['guest-file-close guest-file-flush guest-file-read guest-file-seek', 'an open file, and its position'],
  ['guest-exec-status', 'the end of a program is told once, and then forgotten'],
  ['guest-fsfreeze-thaw', 'file systems go on'],
  ['guest-fstrim', 'what the guest does not use is given back'],
  ['guest-set-time', 'the clock of the guest'],
  ['guest-set-vcpus guest-set-memory-blocks', 'which CPUs and memory the guest uses'],
]

const snapshotFile =
  'An image file of the host is made, or overwritten where there is one, and the guest writes there from now on.'
const hostFile = 'is written to a file of the host, which is overwritten.'
const jobEnds = 'A job is cancelled; what it has done so far may be of no use.'
const makesObject =
  'QEMU makes an object of the type to look at it. Types whose parts are missing here end QEMU, and the guest with it.'
const reverts = 'The guest goes back to a snapshot: everything since is lost.'

const dangerous: readonly EffectLine[] = [
  ['quit', 'QEMU ends at once. The guest is not shut down: what it has not written is lost.'],
  ['system_reset', 'The guest is reset as by its reset button: what it has not written is lost.'],
  ['system_powerdown', 'The guest is asked to power down as by its power button; most obey.'],
  ['inject-nmi', 'The guest gets a non-maskable interrupt: many are set up to crash on it.'],
  ['inject-ghes-v2-error', 'The guest is told of a hardware error: many crash on it.'],
  [
    `cxl-inject-correctable-error cxl-inject-dram-event cxl-inject-general-media-event
    cxl-inject-memory-module-event cxl-inject-poison cxl-inject-uncorrectable-errors`,
    'The guest is told of an error of its memory: many crash on it.',
  ],
  ['cxl-release-dynamic-capacity', 'Memory is taken from the guest: what uses it there fails.'],
  ['xen-event-inject', 'The guest gets an interrupt that nothing has caused.'],
  [
    'qom-list-types',
    'QEMU loads all its modules for this. If its files were replaced since it was started, by an upgrade, it ends, and the guest with it.',
  ],
  ['device-list-properties qom-list-properties', makesObject],
  ['qom-set', 'A property inside QEMU is set. What that does is not always checked: it may end the guest.'],
  ['block_resize', 'The image changes its size. Making it smaller cuts off the data beyond.'],
  [
    'blockdev-reopen x-blockdev-reopen',
    'Images are reopened with other options. With empty options some versions of QEMU abort, and the guest with it.',
  ],
  [
    'transaction',
    'Several changes at once. Enabling a bitmap of a node that is not there ends some versions of QEMU.',
  ],
  ['blockdev-create', 'An image is made where its file or node is: what is there is overwritten.'],
  ['x-blockdev-amend', 'The options of an image are changed in place; keys of encrypted ones can be lost.'],
  ['x-blockdev-change x-blockdev-set-iothread', 'Block nodes are changed while the guest uses them.'],
  ['change-backing-file', 'The header of an image is written: with a wrong name the image cannot be read.'],
  ['blockdev-snapshot-sync', snapshotFile],
  ['blockdev-snapshot-delete-internal-sync', 'An internal snapshot is deleted.'],
  ['block-dirty-bitmap-clear', 'What a bitmap has noted is lost: the next backup has to be a full one.'],
  [
    'block-dirty-bitmap-remove',
    'A bitmap and what it has noted are lost: the next backup has to be a full one.',
  ],
  [
    'snapshot-save',
    'The state of the machine is written into its images; a snapshot of the same name is overwritten.',
  ],
  ['snapshot-load', reverts],
  ['snapshot-delete', 'A snapshot is deleted.'],
  ['replay-seek', reverts],
  ['drive-mirror', 'An image is overwritten with another.'],
  ['blockdev-mirror', 'A node is overwritten with another.'],
  ['drive-backup', 'An image is overwritten with a backup.'],
  ['blockdev-backup', 'A node is overwritten with a backup.'],
  ['block-commit', 'Data is written into a backing image, which other images may use too.'],
  ['block-stream', 'Data is copied out of the backing image into the image.'],
  ['job-cancel block-job-cancel', jobEnds],
  ['block-export-add nbd-server-add', 'A disk can be read or written from outside this QEMU.'],
  ['block-export-del nbd-server-remove', 'A disk is no longer served: who uses it is cut off.'],
  ['nbd-server-start', 'A port or socket is opened: who reaches it gets at the disks that are exported.'],
  ['nbd-server-stop', 'No disk is served any more: who uses one is cut off.'],
  ['device_del', 'A device is unplugged from the guest: what uses it there fails.'],
  ['netdev_add', 'A network backend is made: it can open ports of the host or join its networks.'],
  ['netdev_del', 'A network backend is removed: the guest loses its network there.'],
  [
    'chardev-add chardev-change',
    'A character device is made: it can write files of the host, open ports or run through sockets.',
  ],
  ['add_client', 'A connection is let in to the display, without its password if so asked.'],
  ['set_password change-vnc-password', 'Who knows the password can see and use the display.'],
  ['expire_password', 'When the password of the display ends, or that it never does.'],
  ['display-update', 'The display is served at other addresses: who reaches them can try to use it.'],
  ['migrate', 'The machine moves to another host; this QEMU keeps the guest paused afterwards.'],
  [
    'migrate-incoming migrate-recover',
    'A port or socket is opened: the machine that arrives there takes this one’s place.',
  ],
  [
    'migrate-start-postcopy',
    'There is no way back: if the connection breaks from now on, the guest stands still.',
  ],
  ['migrate-pause', 'The migration is interrupted, and a guest that is half moved stands still.'],
  ['x-colo-lost-heartbeat', 'This machine takes over from the other one, or ends.'],
  ['x-exit-preconfig', 'The machine is made as it is configured now, and may start.'],
  ['xen-save-devices-state', `The state of the devices ${hostFile}`],
  ['xen-load-devices-state', 'The state of the devices is replaced with that of a file.'],
  ['xen-colo-do-checkpoint', 'The state of the machine is replaced with that of the other one.'],
  ['pmemsave memsave', `Memory of the guest ${hostFile}`],
  ['dump-guest-memory', `The memory of the guest, secrets included, ${hostFile}`],
  ['dump-skeys dumpdtb', `Something of the machine ${hostFile}`],
  ['screendump', `What the guest shows ${hostFile}`],
  ['yank', 'Connections are cut: migrations and disks over the network fail.'],
  ['guest-shutdown', 'The guest shuts down.'],
  ['guest-suspend-disk', 'The guest suspends to its disk.'],
  ['guest-suspend-ram', 'The guest suspends to memory.'],
  ['guest-suspend-hybrid', 'The guest suspends.'],
  ['guest-exec', 'A program is run inside the guest, as root.'],
  ['guest-file-open', 'A file inside the guest is opened; opened for writing it is emptied, or made.'],
  ['guest-file-write', 'A file inside the guest is written.'],
  [
    'guest-fsfreeze-freeze guest-fsfreeze-freeze-list',
    'The file systems of the guest are frozen: it hangs until they are thawed.',
  ],
  ['guest-set-user-password', 'A password inside the guest is changed.'],
  ['guest-ssh-add-authorized-keys', 'Who has the key can log in to the guest.'],
  ['guest-ssh-remove-authorized-keys', 'Who has only the key cannot log in to the guest any more.'],
]

function tableOf(
  parts: readonly (readonly [EffectClass, readonly EffectLine[]])[],
): ReadonlyMap<string, Classed> {
  const table = new Map<string, Classed>()
  for (const [effect, lines] of parts) {
    for (const [names, why] of lines) {
      for (const name of names.trim().split(/\s+/)) {
        if (table.has(name)) throw new Error(`${name} is in the table of effects twice`)
        table.set(name, { effect, why })
      }
    }
  }
  return table
}

/** The table: by the name of the command. Those whose arguments decide are in `effect.ts`. */
export const effectTable = tableOf([
  ['reads', reads],
  ['changes', changes],
  ['dangerous', dangerous],
])
