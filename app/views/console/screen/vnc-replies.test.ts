import { expect, test } from 'vitest'
import { clientsOf, hasTablet, isRelative } from './vnc-replies.ts'

test('the clients of a VNC server', () => {
  const clients = [
    { host: '10.0.0.1', service: '50000', family: 'ipv4', websocket: false },
    { host: '', service: '', family: 'unix', websocket: false },
    { host: 'x'.repeat(5000), service: '1', family: 'ipv6', websocket: false, sasl_username: 'eve' },
    7,
  ]
  const [first, second, third, last] = clientsOf({ enabled: true, clients })
  expect([first, second, last]).toEqual([
    '10.0.0.1:50000',
    'by the bridge or another local program',
    'unknown',
  ])
  expect(third).toMatch(/:1 \(eve\)$/)
  expect(third?.length).toBeLessThan(200)
  expect(clientsOf({ enabled: false })).toEqual([])
  expect(clientsOf('nonsense')).toEqual([])
  expect(clientsOf({ clients: Array.from({ length: 1000 }, () => ({})) })).toHaveLength(50)
})

test.each([
  [[{ name: 'QEMU PS/2 Mouse', index: 2, current: true, absolute: false }], true],
  [
    [
      { name: 'QEMU PS/2 Mouse', index: 2, current: false, absolute: false },
      { name: 'QEMU HID Tablet', index: 3, current: true, absolute: true },
    ],
    false,
  ],
  [[], false],
  ['nonsense', false],
])('a pointer that jumps: %j', (reply, relative) => {
  expect(isRelative(reply)).toBe(relative)
})

test('a tablet that the guest does not use is one', () => {
  expect(
    hasTablet([
      { absolute: false, current: true },
      { absolute: true, current: false },
    ]),
  ).toBe(true)
  expect(hasTablet([{ absolute: false }, 3, null])).toBe(false)
  expect(hasTablet({ absolute: true })).toBe(false)
})
