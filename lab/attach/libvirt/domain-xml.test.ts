/** The channels in the XML of a domain. */
import { expect, test } from 'vitest'
import { readDomainXml } from './domain-xml.ts'

test('lines, screens and the agent of a running domain', () => {
  expect(
    readDomainXml(`<domain type='qemu' id='1'><devices>
      <serial type='pty'><source path='/dev/pts/7'/><target type='isa-serial' port='0'/></serial>
      <serial type="unix"><source mode='bind' path='/run/a&amp;b.sock'/><target port='1'/></serial>
      <serial type='tcp'><source mode='bind' host='127.0.0.1' service='2445'/><target port='2'/></serial>
      <console type='pty' tty='/dev/pts/7'><source path='/dev/pts/7'/></console>
      <graphics type='vnc' port='5901' autoport='yes' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>
      <graphics type='vnc' socket='/run/v.sock'><listen type='socket' socket='/run/v.sock'/></graphics>
      <graphics type='spice' port='5902'/>
      <graphics type='vnc' port='-1'/>
      <channel type='unix'><source mode='bind' path='/x'/><target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/></channel>
    </devices></domain>`),
  ).toEqual({
    lines: [
      { kind: 'pty', path: '/dev/pts/7', port: 0 },
      { kind: 'unix', path: '/run/a&b.sock', port: 1 },
    ],
    screens: [{ host: '127.0.0.1', port: 5901 }, { path: '/run/v.sock' }],
    hasAgent: true,
  })
})

test.each([
  '',
  '<domain',
  '<serial ',
  '<serial type=',
  "<serial type='pty'>",
  '<graphics type="vnc" port="x"/>',
])('of %j nothing', (xml) => expect(readDomainXml(xml)).toEqual({ lines: [], screens: [], hasAgent: false }))

test('a long text that nothing ends is read in no time', () => {
  const since = performance.now()
  readDomainXml(`<serial type='pty'>${"<serial type='pty' ".repeat(50_000)}`)
  expect(performance.now() - since).toBeLessThan(1000)
})
