/**
 * Which part of QEMU a command, event or type is about. Names say it for most; the chapter of the manual for the rest.
 * One table.
 */

const byName: readonly (readonly [RegExp, string])[] = [
  [/^guest-.*$/, 'guest'],
  [/^(job-.*|query-jobs|JOB_.*|Job[A-Z].*)$/, 'jobs'],
  [/^(transaction|Transaction.*)$/, 'transactions'],
  [/^(nbd-server-.*|block-export-.*|query-block-exports|BLOCK_EXPORT_.*)$/, 'block exports'],
  [/^(x-)?(query-)?(block|blockdev|drive|nbd|throttle|named-block).*$/i, 'block'],
  [
    /^(snapshot-.*|change-backing-file|eject|QUORUM_.*|x-exit-preconfig.*block|PR_MANAGER.*|query-pr-managers)$/,
    'block',
  ],
  [/^(DEVICE_TRAY_MOVED|query-named-block-nodes|x-debug-(query-)?block.*)$/, 'block'],
  [
    /^(query-)?(migrat|cpr|colo|calc-dirty|dirty-rate|vcpu-dirty|xen-|client_migrate|announce-self).*$/i,
    'migration',
  ],
  [
    /^(query-(dirty-rate|vcpu-dirty-limit|xen-.*|colo-status)|(set|cancel)-vcpu-dirty-limit|x-colo-.*|UNPLUG_PRIMARY|VFIO_MIGRATION)$/,
    'migration',
  ],
  [/^(query-)?(qom|object)[-_].*$/i, 'object model'],
  [/^(device|DEVICE|MEM(ORY)?_DEVICE)[-_].*$/, 'devices'],
  [/^(query-)?(chardev|ringbuf).*$|^VSERPORT_CHANGE$/i, 'character devices'],
  [
    /^(netdev_.*|NETDEV_.*|set_link|query-rx-filter|NIC_.*|FAILOVER_.*|RDMA_.*|query-rocker.*|request-ebpf)$/,
    'network',
  ],
  [
    /^(query-)?(vnc|spice|display).*$|^(change-vnc-password|(set|expire)_password|screendump|VNC_.*|SPICE_.*|add_client)$/i,
    'display',
  ],
  [/^(send-key|input-send-event|query-mice)$/, 'input'],
  [/^(query-)?(tpm).*$/i, 'TPM'],
  [/^(dump-.*|query-dump.*|DUMP_.*|memsave|pmemsave)$/, 'dump'],
  [/^trace-event-.*$/, 'tracing'],
  [/^(replay-.*|query-replay)$/, 'record and replay'],
  [
    /^(qmp_.*|query-(qmp-schema|commands|command-line-options|version|events)|human-monitor-command)$/,
    'monitor',
  ],
  [/^(x-query-virtio.*)$/, 'virtio'],
  [
    /^(query-)?stats|-stats|^x-query-(jit|opcount|profile|roms|ramblock|irq|numa|rdma|usb|interrupt-controllers)$/,
    'statistics',
  ],
  [/^(yank|query-yank)$/, 'yank'],
  [/^(query-)?sev.*$|^(query-sgx.*|rtc-reset.*|query-s390x-.*|query-gic-.*|xen-event.*)$/i, 'machine'],
  [
    /^(query-)?(cpu|cpus|machines|current-machine|hotpluggable-cpus|memory|memdev|balloon|numa|hv-balloon|kvm|target|uuid|acpi).*$/i,
    'machine',
  ],
  [
    /^(BALLOON_CHANGE|HV_BALLOON_.*|MEMORY_.*|CPU_.*|ACPI_.*|RTC_CHANGE|nmi|inject-.*|set-numa-node|query-(vm-generation-id|accelerators|firmware.*))$/,
    'machine',
  ],
  [
    /^(stop|cont|quit|system_.*|query-status|set-action|watchdog-.*|WATCHDOG|SHUTDOWN|POWERDOWN|RESET|STOP|RESUME|SUSPEND.*|WAKEUP|GUEST_.*|x-exit-preconfig|query-name)$/,
    'run state',
  ],
  [/^(query-iothreads|x-blockdev-set-iothread)$/, 'machine'],
  [/^(getfd|closefd|add-fd|remove-fd|query-fdsets)$/, 'monitor'],
  [/^cxl-.*|^CXL_.*|^query-pci$/, 'devices'],
  [/^query-(audiodevs)$/, 'audio'],
  [/^query-cryptodev$/, 'cryptography'],
]

const byChapter: readonly (readonly [RegExp, string])[] = [
  [/^block/i, 'block'],
  [/^background jobs/i, 'jobs'],
  [/^character/i, 'character devices'],
  [/^dump/i, 'dump'],
  [/^(net|ebpf|rocker|rdma|valid parameters)/i, 'network'],
  [/^tpm/i, 'TPM'],
  [/^(remote desktop|vnc|spice|user authorization)/i, 'display'],
  [/^input/i, 'input'],
  [/^migration/i, 'migration'],
  [/^transactions/i, 'transactions'],
  [/^tracing/i, 'tracing'],
  [/^(qmp|compatibility|introspection)/i, 'monitor'],
  [/^qemu object/i, 'object model'],
  [/^(device infra|pci|cxl|vfio|usb)/i, 'devices'],
  [/^(machine|common machine|acpi|accelerators|memory|s390|arm|i386|uefi)/i, 'machine'],
  [/^(vm run state|run state)/i, 'run state'],
  [/^record/i, 'record and replay'],
  [/^yank/i, 'yank'],
  [/^stat/i, 'statistics'],
  [/^virtio/i, 'virtio'],
  [/^audio/i, 'audio'],
  [/^crypto/i, 'cryptography'],
]

/** Characters of a name or a chapter that are looked at: the longest name of QEMU has 40. */
const longestName = 200

/** The subsystem of a command, an event or a type by its real name and the manual's chapters; else `other`. */
export function subsystemOf(name: string, chapters: readonly string[] = []): string {
  const head = name.slice(0, longestName)
  const named = byName.find(([rule]) => rule.test(head))
  if (named !== undefined) return named[1]
  for (const chapter of chapters) {
    const found = byChapter.find(([rule]) => rule.test(chapter.slice(0, longestName)))
    if (found !== undefined) return found[1]
  }
  return 'other'
}
