/**
 * What people say, and the command or event of QEMU or of the storage daemon that does it: all but disks, which are in
 * sayings-block.ts. Phrases are separated by commas, the most usual first. Where two names have a phrase in common, the
 * one that is higher up in the table comes first.
 * Tested by workers/qapi/search/search.test.ts.
 */
import type { SayingLine } from './saying-line.ts'

/** Run state, devices, network, display, migration, memory, monitor. */
export const machineSayings: readonly SayingLine[] = [
  // Run state.
  [
    'stop',
    'pause, suspend, freeze, halt, hold, pause guest, stop vm, stop guest, stop cpu, suspend guest, pause execution',
  ],
  [
    'cont',
    'resume, continue, unpause, unfreeze, start, go on, run, resume guest, continue guest, start guest, start vm',
  ],
  [
    'system_powerdown',
    'shutdown, shut down, power off, poweroff, power down, turn off, acpi, power button, graceful shutdown, switch off, soft shutdown, stop vm, press power button, halt',
  ],
  [
    'system_reset',
    'reboot, restart, reset, hard reset, reset guest, power cycle, reset button, warm reset, reboot vm',
  ],
  [
    'quit',
    'kill, exit, terminate, end qemu, kill qemu, stop qemu, close qemu, destroy vm, force off, force shutdown, hard power off, power off, pull plug, kill vm, leave',
  ],
  ['system_wakeup', 'wake up, wakeup, wake, resume from suspend, wake from sleep, resume from s3'],
  ['query-status', 'status, state, run state, vm state, is it running, paused or running, guest status'],
  [
    'set-action',
    'action on panic, action on reboot, action on shutdown, no reboot, no shutdown, panic action',
  ],
  ['watchdog-set-action', 'watchdog, watchdog action, set watchdog'],
  ['inject-nmi', 'nmi, send nmi, interrupt, crash guest, force crash dump, trigger kernel dump'],
  ['x-exit-preconfig', 'leave preconfig, start after preconfig, end preconfig'],
  ['rtc-reset-reinjection', 'clock, reset clock, lost ticks, time drift'],
  ['GUEST_PANICKED', 'panic, crash, kernel panic, guest crashed, bluescreen'],
  ['WATCHDOG', 'watchdog fired, watchdog event, guest hangs'],
  ['SHUTDOWN', 'guest shut down, shutdown event'],
  // Devices and objects.
  [
    'device_add',
    'hotplug, hot plug, attach, plug in, add device, attach device, attach disk, add nic, add network card, add disk, add usb, plug usb, attach usb, passthrough, add gpu, vfio, add controller, add pci device, hotplug cpu, add cpu, hot add cpu, hotplug memory, add memory, add ram, hotplug disk, insert device, new device',
  ],
  [
    'device_del',
    'unplug, hot unplug, hotunplug, detach, remove device, detach device, detach disk, delete device, remove nic, remove disk, remove usb, unplug disk, unplug usb, eject device, remove cpu, remove memory',
  ],
  ['device-list-properties', 'device properties, properties of device, driver options, options of device'],
  ['device-sync-config', 'update device config, sync device config'],
  [
    'object-add',
    'create object, new object, add iothread, create iothread, add secret, create secret, add memory backend, memory backend, tls creds, throttle group, create throttle group, add memory, add password',
  ],
  ['object-del', 'delete object, remove object, remove iothread, delete secret, destroy object'],
  ['qom-set', 'set property, change property, write property, set device property'],
  ['qom-get', 'get property, read property, show property, property value'],
  [
    'qom-list',
    'list properties, object tree, browse objects, list devices, device tree, qom tree, list objects',
  ],
  [
    'qom-list-types',
    'list types, device types, available devices, supported devices, list drivers, device models, list device models',
  ],
  ['qom-list-properties', 'properties of type, object properties'],
  ['query-pci', 'lspci, list pci devices, pci devices, pci bus, list devices, show pci'],
  ['x-query-usb', 'lsusb, list usb devices, usb devices'],
  ['x-query-virtio', 'list virtio devices, virtio devices'],
  [
    'query-cpus-fast',
    'cpus, cpu, list cpus, show cpus, processors, vcpus, cpu threads, vcpu threads, cpu info, number of cpus',
  ],
  ['query-hotpluggable-cpus', 'cpu slots, free cpu slots, hotpluggable cpus, hotplug cpu, add cpu'],
  ['query-cpu-definitions', 'cpu models, list cpu models, supported cpus, cpu types'],
  ['query-cpu-model-expansion', 'cpu features, cpu flags, cpu model features'],
  ['query-machines', 'machine types, list machine types, supported machines, boards'],
  ['query-current-machine', 'current machine, wakeup support'],
  ['query-kvm', 'kvm, is kvm enabled, acceleration, hypervisor'],
  ['query-accelerators', 'accelerators, which accelerator, tcg or kvm, acceleration'],
  ['query-iothreads', 'list iothreads, io threads'],
  ['query-command-line-options', 'command line options, cli options'],
  ['query-tpm', 'list tpm'],
  ['query-uuid', 'guest uuid, vm uuid, vm id'],
  ['query-name', 'vm name, guest name'],
  ['dumpdtb', 'dump device tree, save device tree, dtb'],
  ['query-yank', 'hanging connections'],
  ['yank', 'cut connection, break hanging connection, recover from hang'],
  // Memory.
  [
    'balloon',
    'resize memory, change memory, shrink memory, set memory, inflate balloon, deflate balloon, reduce ram, set ram, memory balloon, resize ram, give back memory',
  ],
  ['query-balloon', 'balloon size, current memory, actual memory'],
  ['query-memory-size-summary', 'memory, ram, memory size, how much memory, ram size, total memory'],
  ['query-memory-devices', 'dimms, memory devices, list dimms, memory modules'],
  ['query-memdev', 'memory backends, list memory backends, numa memory'],
  ['memsave', 'save memory, save virtual memory, write memory to file, read guest memory'],
  ['pmemsave', 'save memory, save physical memory, dump physical memory, read guest memory'],
  [
    'dump-guest-memory',
    'core dump, coredump, dump memory, memory dump, vmcore, crash dump, dump guest, dump ram',
  ],
  ['query-dump', 'dump progress, dump status'],
  // Network.
  [
    'netdev_add',
    'add nic, add network, add network card, add netdev, add tap, create network backend, network backend, add network interface, new nic',
  ],
  ['netdev_del', 'remove network, remove nic, delete network, remove netdev, remove network backend'],
  [
    'set_link',
    'link down, link up, unplug cable, cable, network cable, disconnect network, link state, disable network, take link down, carrier, network off, disable nic, plug cable',
  ],
  ['query-rx-filter', 'nic filter, mac filter, mac address, mac table, receive filter'],
  ['announce-self', 'gratuitous arp, arp, announce network, rarp'],
  ['query-rocker', 'switch, rocker switch'],
  // Display and input.
  [
    'screendump',
    'screenshot, take screenshot, take picture, picture, screen shot, capture screen, grab screen, screen capture, save screen, screen image, snapshot of screen, dump screen, photo, screen grab, see screen',
  ],
  [
    'send-key',
    'type keys, press key, keyboard, send keys, ctrl alt del, ctrl-alt-del, key press, keystroke, send ctrl-alt-del, type text, press enter, hit key, sendkey, type',
  ],
  [
    'input-send-event',
    'mouse, move mouse, click mouse, mouse click, keyboard input, touch, type keys, inject input, pointer, scroll',
  ],
  ['query-mice', 'list mice, mouse devices'],
  ['change-vnc-password', 'change vnc password, set vnc password, vnc password, vnc passwd'],
  [
    'set_password',
    'change vnc password, set vnc password, spice password, set spice password, set password, password, vnc password',
  ],
  ['expire_password', 'password expiry, expire password, password lifetime, vnc password expiry'],
  ['query-vnc', 'vnc, vnc clients, who is connected to vnc, vnc address, vnc port, vnc status'],
  ['query-vnc-servers', 'vnc servers, list vnc servers'],
  ['query-spice', 'spice, spice clients, spice port'],
  ['query-display-options', 'display, display options'],
  ['display-reload', 'reload vnc certificates, reload tls certificates, renew certificates'],
  ['display-update', 'change vnc address, change vnc port, move vnc'],
  ['add_client', 'pass client socket, hand over vnc client'],
  // Migration.
  [
    'migrate',
    'live migration, migrate, live migrate, move vm, move to another host, start migration, save vm to file, migrate vm, migrate guest, send vm, vmotion, postcopy migration',
  ],
  [
    'migrate-incoming',
    'receive migration, incoming migration, accept migration, listen for migration, restore vm from file, load vm state',
  ],
  [
    'query-migrate',
    'migration status, migration progress, migration state, how far is migration, migration speed, downtime',
  ],
  ['migrate_cancel', 'cancel migration, abort migration, stop migration'],
  [
    'migrate-set-parameters',
    'migration bandwidth, limit migration, migration speed, migration parameters, max bandwidth, downtime limit, tune migration, throttle migration, migration downtime, compression level, limit migration speed',
  ],
  ['migrate_set_speed', 'migration speed, limit migration, migration bandwidth'],
  ['migrate_set_downtime', 'migration downtime, downtime limit'],
  [
    'migrate-set-capabilities',
    'migration capabilities, enable postcopy, enable multifd, multifd, auto converge, enable compression, migration features',
  ],
  ['query-migrate-parameters', 'show migration parameters'],
  ['query-migrate-capabilities', 'show migration capabilities'],
  ['migrate-start-postcopy', 'postcopy, switch to postcopy, start postcopy'],
  ['migrate-pause', 'pause migration, pause postcopy'],
  ['migrate-recover', 'recover migration, resume postcopy, recover postcopy'],
  ['migrate-continue', 'continue migration, resume migration, finish migration'],
  ['calc-dirty-rate', 'dirty rate, measure dirty rate, how fast is memory written, dirty pages'],
  ['query-dirty-rate', 'dirty rate, show dirty rate'],
  ['set-vcpu-dirty-limit', 'limit dirty rate, slow down writes, throttle cpu, throttle vcpu'],
  // Character devices.
  [
    'chardev-add',
    'add serial, add serial port, create chardev, add console, serial port, new serial, open socket',
  ],
  ['chardev-remove', 'remove serial, delete chardev, close serial'],
  ['chardev-change', 'change serial, replace chardev, redirect serial'],
  ['query-chardev', 'serial ports, list serial ports, list chardevs, serial, ptys, pty'],
  ['chardev-send-break', 'break, send break, sysrq, serial break'],
  ['ringbuf-read', 'read serial log, read ring buffer, read console'],
  ['ringbuf-write', 'write ring buffer'],
  // Monitor, tracing, statistics.
  ['human-monitor-command', 'hmp, monitor, monitor command, human monitor, hmp command, info, run hmp'],
  ['query-version', 'version, qemu version, which qemu, release'],
  ['query-commands', 'commands, list commands, available commands, help'],
  ['query-qmp-schema', 'schema, introspection, introspect, available events, help'],
  ['qmp_capabilities', 'negotiate, handshake, enable oob'],
  [
    'trace-event-set-state',
    'trace, enable trace, tracing, turn on tracing, enable tracing, debug log, start trace',
  ],
  ['trace-event-get-state', 'trace events, list trace events, is trace on'],
  ['query-stats', 'statistics, stats, kvm statistics, counters, metrics, performance'],
  ['query-stats-schemas', 'available statistics'],
  ['add-fd', 'pass fd, pass file descriptor, hand over file descriptor'],
  ['getfd', 'pass fd, receive file descriptor, named fd'],
  ['closefd', 'close fd, close file descriptor'],
  ['remove-fd', 'remove file descriptor, close fd'],
  ['query-fdsets', 'list fds, file descriptors, fd sets'],
  ['query-sev', 'sev, memory encryption, confidential computing, encrypted memory'],
  ['query-sev-launch-measure', 'attestation, sev measurement'],
  ['query-replay', 'record replay, replay state'],
  ['replay-seek', 'go back in time, rewind, seek replay'],
]
