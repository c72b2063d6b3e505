/** Commands with whatever people copy along with them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { printJson } from '#base/json/print.ts'
import { readCommands } from './paste.ts'
import { loadSchema } from '../testing/load.ts'

const schema = loadSchema('qemu-7.2-x86_64')

function read(text: string): string {
  const pasted = readCommands(schema, text)
  if (!pasted.ok) return pasted.error
  return pasted.value.commands
    .map(({ name, arguments: args }) => (args === undefined ? name : `${name} ${printJson(args)}`))
    .join('\n')
}

const call = `virsh qemu-monitor-command lab '{"execute":"query-status"}'`

describe('virsh', () => {
  it.each([
    ['virsh qemu-monitor-command lab query-status', 'query-status'],
    ['virsh qemu-monitor-command --domain lab --pretty query-status', 'query-status'],
    [
      `virsh qemu-monitor-command lab query-named-block-nodes '{"flat":true}'`,
      'query-named-block-nodes {"flat":true}',
    ],
    [
      `virsh qemu-monitor-command lab query-named-block-nodes '"flat":true'`,
      'query-named-block-nodes {"flat":true}',
    ],
    [`virsh qemu-monitor-command lab --pass-fds 3,4 '{"execute":"stop"}'`, 'stop'],
    [`virsh qemu-monitor-command lab --pass-fds=3 --return-value --cmd query-fdsets`, 'query-fdsets'],
    ['virsh # qemu-monitor-command lab query-status', 'query-status'],
    ['virsh qemu-agent-command lab --timeout=5 guest-ping', 'guest-ping'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each([
    ['virsh qemu-monitor-command lab "info block"', /neither JSON nor a name/],
    ['virsh qemu-monitor-command lab query-status x', /its arguments: /],
  ])('%s is refused', (text, why) => {
    expect(read(text)).toMatch(why)
  })
})

describe('a prompt or another program before it', () => {
  it.each([
    `$ ${call}`,
    `# ${call}`,
    `[root@host ~]# ${call}`,
    `me@host:~/lab$ ${call}`,
    `sh-5.1# ${call}`,
    `PS C:\\lab> ${call}`,
    `PS /home/me/lab> ssh root@host "virsh qemu-monitor-command lab query-status"`,
    `sudo -u qemu ${call}`,
    `ssh -p 22 root@host ${call}`,
    `ssh root@host "virsh qemu-monitor-command lab query-status"`,
    `$ kubectl exec -n vms virt-launcher-a -c compute -- ${call}`,
    `podman exec -it libvirt /usr/bin/${call}`,
    `timeout -k 1 10 ${call}`,
    `${call} 2>&1`,
    `${call} 2>/dev/null >> /tmp/log`,
    `watch -n1 ${call}`,
    `su - root -c '${call.replaceAll("'", `'\\''`)}'`,
    `LC_ALL=C LIBVIRT_DEFAULT_URI=qemu:///system ${call}`,
    `env LC_ALL=C ${call}`,
    `sudo sh -c "echo '{\\"execute\\":\\"query-status\\"}' | socat - UNIX:/run/q"`,
    `${call} | jq .return`,
  ])('%s', (text) => {
    expect(read(text)).toBe('query-status')
  })
})

describe('its output around it', () => {
  it.each([
    [
      `$ ${call}\n{"return":{"status":"running"},"id":"libvirt-1"}\n\n$ virsh qemu-monitor-command lab query-block`,
      'query-status\nquery-block',
    ],
    [`$ ${call}\n{\n  "return": {\n    "status": "running"\n  }\n}\n`, 'query-status'],
    [
      `$ virsh qemu-monitor-command lab --hmp info status\nVM status: running\n\n$ ${call}`,
      'human-monitor-command {"command-line":"info status"}\nquery-status',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('conversations and logs', () => {
  it.each([
    ['<- {"execute":"query-status"}\n-> {"return":{}}', 'query-status'],
    ['=> {"execute":"query-status"}\n<= {"return":{}}', 'query-status'],
    ['--> {"execute":"query-status"}\n<-- {"return":{"a":...}}', 'query-status'],
    ['12:00 qmp => {"execute":"query-status"}\n12:00 qmp <= {"return":{}}', 'query-status'],
    ["{u'execute': u'query-status', u'arguments': {}}", 'query-status {}'],
    [
      "2019-07-22 05:30:23,844 qemu_monitor L1796 DEBUG| Send command: {'execute': 'query-status', 'id': 'M'}",
      'query-status',
    ],
    [
      '[2025-01-07T13:47:26+01:00] QUERY: {"execute":"query-status","id":3}\n[2025-01-07T13:47:26+01:00] REPLY: {"return": [], "id": 3}',
      'query-status',
    ],
    [
      '[2023-10-10T12:19:33Z TRACE qapi::qapi] -> execute query-status: {}\n[2023-10-10T12:19:33Z TRACE qapi::qapi] <- {"return": {}}',
      'query-status {}',
    ],
    [
      "2021-05-02 10:00:00,200 qmp L0123 DEBUG| >>> {'execute': 'query-status'}\n2021-05-02 10:00:00,201 qmp L0180 DEBUG| <<< {'return': {'a': False}}",
      'query-status',
    ],
    ['1@2.000001:handle_qmp_command mon 0x1 req: {"execute": "query-status"}', 'query-status'],
    [
      '2022-03-07 10:47:20.145+0000: 1: info : qemuMonitorIOWrite:452 : QEMU_MONITOR_IO_WRITE: mon=0x7f buf={"execute":"query-status","id":"libvirt-19"}\n len=93 ret=93 errno=0',
      'query-status',
    ],
    // Inside JSON lines.
    [
      readFileSync(new URL('../../trace/testing/logs/kubevirt-virt-launcher.txt', import.meta.url), 'utf8'),
      'query-status',
    ],
    [
      [
        '{"component":"virt-launcher","level":"info","msg":"nothing of a monitor","timestamp":"2023-10-26T12:50:40Z"}',
        '{"component":"virt-launcher","level":"info","msg":"QEMU_MONITOR_IO_WRITE: mon=0x7f buf={\\"execute\\":\\"stop\\",\\"id\\":\\"libvirt-2\\"}\\r\\n len=93 ret=93 errno=0","timestamp":"2023-10-26T12:50:40Z"}',
      ].join('\n'),
      'stop',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('a character that nobody sees is named', () => {
  it.each([
    ['{"execute":\u00a0"query-status"}', /A no-break space \(U\+00A0\) stands in column 12/],
    ['query\u200b-status', /A zero-width space \(U\+200B\) stands in column 6/],
    ['{"execute":"query-status"\u2060}', /A word joiner \(U\+2060\)/],
  ])('%j', (text, why) => {
    expect(read(text)).toMatch(why)
  })
})
