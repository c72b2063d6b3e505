/**
 * What belongs together, as far as no schema says it: the query that shows what a command made, the command that takes
 * another back, the events that a command leads to. Names that a schema does not have are passed over.
 * Tested by workers/qapi/related/related.test.ts.
 */

/** Commands and events, the query that shows what they changed, and what it shows. */
type QueryLine = readonly [names: string, query: string, shows: string]

/** The first query of a name is the best one. */
export const queryLines: readonly QueryLine[] = [
  [
    'stop cont system_wakeup system_reset system_powerdown x-exit-preconfig inject-nmi',
    'query-status',
    'the run state',
  ],
  [
    'STOP RESUME RESET SHUTDOWN POWERDOWN SUSPEND SUSPEND_DISK WAKEUP GUEST_PANICKED GUEST_CRASHLOADED WATCHDOG',
    'query-status',
    'the run state',
  ],
  [
    'blockdev-add blockdev-del blockdev-reopen blockdev-snapshot blockdev-snapshot-sync change-backing-file',
    'query-named-block-nodes',
    'the block nodes',
  ],
  [
    'blockdev-create x-blockdev-amend x-blockdev-change block-stream block-commit blockdev-set-active',
    'query-named-block-nodes',
    'the block nodes',
  ],
  [
    'block-dirty-bitmap-add block-dirty-bitmap-remove block-dirty-bitmap-clear block-dirty-bitmap-merge block-dirty-bitmap-enable block-dirty-bitmap-disable',
    'query-named-block-nodes',
    'the bitmaps of the nodes',
  ],
  [
    'blockdev-snapshot-internal-sync blockdev-snapshot-delete-internal-sync snapshot-save snapshot-load snapshot-delete',
    'query-named-block-nodes',
    'the snapshots in the images',
  ],
  ['block_resize', 'query-block', 'the size of the image'],
  [
    'eject blockdev-open-tray blockdev-close-tray blockdev-insert-medium blockdev-remove-medium blockdev-change-medium change DEVICE_TRAY_MOVED',
    'query-block',
    'the tray and the medium',
  ],
  ['block_set_io_throttle block-set-write-threshold', 'query-block', 'the limits of the drive'],
  [
    'BLOCK_IO_ERROR BLOCK_IMAGE_CORRUPTED QUORUM_FAILURE QUORUM_REPORT_BAD',
    'query-block',
    'the drives and their state',
  ],
  ['BLOCK_WRITE_THRESHOLD', 'query-named-block-nodes', 'the threshold of the node'],
  ['block-latency-histogram-set', 'query-blockstats', 'the histogram'],
  [
    'job-pause job-resume job-cancel job-complete job-dismiss job-finalize JOB_STATUS_CHANGE',
    'query-jobs',
    'the jobs',
  ],
  [
    'block-job-pause block-job-resume block-job-cancel block-job-complete block-job-dismiss block-job-finalize block-job-set-speed block-job-change',
    'query-block-jobs',
    'the block jobs',
  ],
  [
    'BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR BLOCK_JOB_READY BLOCK_JOB_PENDING',
    'query-block-jobs',
    'the block jobs',
  ],
  [
    'block-export-add block-export-del nbd-server-add nbd-server-remove nbd-server-start nbd-server-stop BLOCK_EXPORT_DELETED',
    'query-block-exports',
    'the exports',
  ],
  [
    'device_add device_del DEVICE_DELETED DEVICE_UNPLUG_GUEST_ERROR',
    'qom-list',
    'the devices in /machine/peripheral',
  ],
  ['device_add device_del', 'query-pci', 'the PCI devices'],
  ['device_add device_del', 'query-hotpluggable-cpus', 'the CPU slots'],
  [
    'device_add device_del MEMORY_DEVICE_SIZE_CHANGE MEM_UNPLUG_ERROR',
    'query-memory-devices',
    'the memory devices',
  ],
  ['ACPI_DEVICE_OST', 'query-acpi-ospm-status', 'what the guest said of its slots'],
  ['object-add object-del', 'qom-list', 'the objects in /objects'],
  ['object-add object-del', 'query-iothreads', 'the I/O threads'],
  ['object-add object-del', 'query-memdev', 'the memory backends'],
  ['qom-set', 'qom-get', 'the property'],
  [
    'netdev_add netdev_del set_link announce-self NIC_RX_FILTER_CHANGED',
    'query-rx-filter',
    'the filters of the network cards',
  ],
  [
    'chardev-add chardev-remove chardev-change chardev-send-break ringbuf-write VSERPORT_CHANGE',
    'query-chardev',
    'the character devices',
  ],
  [
    'migrate migrate-incoming migrate_cancel migrate-continue migrate-pause migrate-recover migrate-start-postcopy MIGRATION MIGRATION_PASS',
    'query-migrate',
    'the migration',
  ],
  [
    'migrate-set-parameters migrate_set_speed migrate_set_downtime',
    'query-migrate-parameters',
    'the parameters',
  ],
  ['migrate-set-capabilities', 'query-migrate-capabilities', 'the capabilities'],
  ['migrate-set-cache-size', 'query-migrate-cache-size', 'the size of the cache'],
  ['calc-dirty-rate', 'query-dirty-rate', 'the rate that was measured'],
  ['set-vcpu-dirty-limit cancel-vcpu-dirty-limit', 'query-vcpu-dirty-limit', 'the limits'],
  ['balloon BALLOON_CHANGE', 'query-balloon', 'the memory that the guest has now'],
  ['balloon', 'query-memory-size-summary', 'the memory that the machine has'],
  ['HV_BALLOON_STATUS_REPORT', 'query-hv-balloon-status-report', 'the last report'],
  ['dump-guest-memory DUMP_COMPLETED', 'query-dump', 'the progress of the dump'],
  [
    'set_password expire_password change-vnc-password display-reload display-update VNC_CONNECTED VNC_DISCONNECTED VNC_INITIALIZED',
    'query-vnc',
    'the VNC server and its clients',
  ],
  [
    'set_password expire_password client_migrate_info SPICE_CONNECTED SPICE_DISCONNECTED SPICE_INITIALIZED SPICE_MIGRATE_COMPLETED',
    'query-spice',
    'the SPICE server and its clients',
  ],
  ['add-fd remove-fd', 'query-fdsets', 'the sets of file descriptors'],
  ['trace-event-set-state', 'trace-event-get-state', 'which trace events are on'],
  ['replay-break replay-delete-break replay-seek', 'query-replay', 'where the replay is'],
  ['yank', 'query-yank', 'what can be cut'],
  ['sev-inject-launch-secret', 'query-sev', 'the state of SEV'],
  ['PR_MANAGER_STATUS_CHANGED', 'query-pr-managers', 'the managers'],
  ['set-numa-node set-cpu-topology', 'query-cpus-fast', 'the CPUs'],
  ['input-send-event send-key', 'query-mice', 'the pointers of the guest'],
  ['xen-set-replication', 'query-xen-replication-status', 'the replication'],
  ['guest-exec', 'guest-exec-status', 'its exit code and its output'],
  [
    'guest-fsfreeze-freeze guest-fsfreeze-freeze-list guest-fsfreeze-thaw',
    'guest-fsfreeze-status',
    'whether file systems are frozen',
  ],
  ['guest-set-vcpus', 'guest-get-vcpus', 'the CPUs of the guest'],
  ['guest-set-memory-blocks', 'guest-get-memory-blocks', 'the memory blocks'],
  ['guest-set-time', 'guest-get-time', 'the clock of the guest'],
  ['guest-fstrim', 'guest-get-fsinfo', 'the file systems'],
  ['guest-file-open guest-file-write guest-file-seek', 'guest-file-read', 'what is in the file'],
  [
    'guest-ssh-add-authorized-keys guest-ssh-remove-authorized-keys',
    'guest-ssh-get-authorized-keys',
    'the keys',
  ],
  ['guest-set-user-password', 'guest-get-users', 'who is logged in'],
]

/** A command, the one that takes it back, and whether that holds the other way, too. */
type InverseLine = readonly [name: string, inverse: string, both: boolean]

/** Where arguments have to be carried over, the command view knows how. */
export const inverseLines: readonly InverseLine[] = [
  ['stop', 'cont', true],
  ['blockdev-add', 'blockdev-del', true],
  ['object-add', 'object-del', true],
  ['device_add', 'device_del', true],
  ['netdev_add', 'netdev_del', true],
  ['chardev-add', 'chardev-remove', true],
  ['block-dirty-bitmap-add', 'block-dirty-bitmap-remove', true],
  ['block-dirty-bitmap-enable', 'block-dirty-bitmap-disable', true],
  ['block-export-add', 'block-export-del', true],
  ['nbd-server-start', 'nbd-server-stop', true],
  ['nbd-server-add', 'nbd-server-remove', true],
  ['job-pause', 'job-resume', true],
  ['block-job-pause', 'block-job-resume', true],
  ['blockdev-open-tray', 'blockdev-close-tray', true],
  ['blockdev-insert-medium', 'blockdev-remove-medium', true],
  ['eject', 'blockdev-change-medium', false],
  ['blockdev-snapshot-internal-sync', 'blockdev-snapshot-delete-internal-sync', true],
  ['blockdev-snapshot-sync', 'block-commit', false],
  ['blockdev-snapshot', 'block-commit', false],
  ['snapshot-save', 'snapshot-delete', true],
  ['migrate', 'migrate_cancel', false],
  ['set-vcpu-dirty-limit', 'cancel-vcpu-dirty-limit', true],
  ['add-fd', 'remove-fd', true],
  ['getfd', 'closefd', true],
  ['replay-break', 'replay-delete-break', true],
  ['cxl-add-dynamic-capacity', 'cxl-release-dynamic-capacity', true],
  ['guest-fsfreeze-freeze', 'guest-fsfreeze-thaw', true],
  ['guest-fsfreeze-freeze-list', 'guest-fsfreeze-thaw', false],
  ['guest-file-open', 'guest-file-close', true],
  ['guest-ssh-add-authorized-keys', 'guest-ssh-remove-authorized-keys', true],
]

/** Commands and events that name the same thing: a record proves these by the name. */
export const namesInEvents: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['device_del', ['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR', 'MEM_UNPLUG_ERROR', 'ACPI_DEVICE_OST']],
  ['device_add', ['DEVICE_DELETED', 'ACPI_DEVICE_OST', 'FAILOVER_NEGOTIATED']],
  ['block-export-del', ['BLOCK_EXPORT_DELETED']],
  ['block-export-add', ['BLOCK_EXPORT_DELETED']],
  ['nbd-server-remove', ['BLOCK_EXPORT_DELETED']],
  ['nbd-server-stop', ['BLOCK_EXPORT_DELETED']],
  ['block-set-write-threshold', ['BLOCK_WRITE_THRESHOLD']],
  ['blockdev-add', ['BLOCK_IO_ERROR', 'BLOCK_IMAGE_CORRUPTED']],
  [
    'netdev_add',
    [
      'NETDEV_STREAM_CONNECTED',
      'NETDEV_VHOST_USER_CONNECTED',
      'NETDEV_STREAM_DISCONNECTED',
      'NETDEV_VHOST_USER_DISCONNECTED',
    ],
  ],
  ['chardev-add', ['VSERPORT_CHANGE']],
  ['qom-set', ['MEMORY_DEVICE_SIZE_CHANGE']],
  ['set-action', ['GUEST_PANICKED', 'SHUTDOWN', 'WATCHDOG']],
  ['change-vnc-password', ['VNC_DISCONNECTED']],
  ...['job-pause', 'job-resume', 'job-cancel', 'job-complete', 'job-dismiss', 'job-finalize'].map(
    (name) => [name, ['JOB_STATUS_CHANGE']] as const,
  ),
  ['block-job-cancel', ['BLOCK_JOB_CANCELLED', 'BLOCK_JOB_COMPLETED', 'JOB_STATUS_CHANGE']],
  ['block-job-complete', ['BLOCK_JOB_COMPLETED', 'JOB_STATUS_CHANGE']],
  ['block-job-finalize', ['BLOCK_JOB_COMPLETED', 'JOB_STATUS_CHANGE']],
  ['block-job-pause', ['JOB_STATUS_CHANGE']],
  ['block-job-resume', ['JOB_STATUS_CHANGE']],
])

/** The events of every job, then those of block jobs only. */
export const jobEvents: readonly string[] = ['JOB_STATUS_CHANGE']
/** The events of block jobs. */
export const blockJobEvents: readonly string[] = [
  'BLOCK_JOB_COMPLETED',
  'BLOCK_JOB_READY',
  'BLOCK_JOB_PENDING',
  'BLOCK_JOB_CANCELLED',
  'BLOCK_JOB_ERROR',
]
