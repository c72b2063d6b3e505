import { expect, test } from 'vitest'
import { mostNics, readNicTraffic } from './nic-traffic.ts'

const nic = (name: unknown, received: unknown, sent: unknown): never =>
  ({ name, statistics: { 'rx-bytes': received, 'tx-bytes': sent } }) as never

test('totals at once, rates from the second look on', () => {
  const first = readNicTraffic([nic('eth0', 1000, 10)] as never, 5000, [], undefined)
  expect(first).toEqual([
    { key: '0 eth0', name: 'eth0', total: { received: 1000, sent: 10 }, looks: { received: [], sent: [] } },
  ])
  const second = readNicTraffic([nic('eth0', 3000, 10)] as never, 7000, first, 5000)
  expect(second[0]?.looks).toEqual({ received: [{ at: 7000, rate: 1000 }], sent: [{ at: 7000, rate: 0 }] })
})

test('a guest that was started again, and an interface of another name, begin a new line', () => {
  const first = readNicTraffic([nic('eth0', 1000, 10)] as never, 0, [], undefined)
  const again = readNicTraffic([nic('eth0', 3000, 20)] as never, 1000, first, 0)
  expect(readNicTraffic([nic('eth0', 5, 30)] as never, 2000, again, 1000)[0]?.looks).toMatchObject({
    received: [],
    sent: [{ rate: 10 }, { rate: 10 }],
  })
  expect(readNicTraffic([nic('eth1', 9000, 90)] as never, 2000, again, 1000)[0]?.looks.sent).toEqual([])
})

test.each([
  [null],
  ['x'],
  [{}],
  [[1, null]],
  [[nic('a', -1, 2)]],
  [[nic('a', 'many', 2)]],
  [[{ name: 'a' }]],
])('what counts nothing is left out: %j', (reply) => {
  expect(readNicTraffic(reply as never, 0, [], undefined)).toEqual([])
})

test('names and numbers of interfaces are bounded', () => {
  const many = Array.from({ length: 1000 }, () => nic('x'.repeat(10_000), 1, 1))
  const read = readNicTraffic(many, 0, [], undefined)
  expect(read).toHaveLength(mostNics)
  expect(read[0]?.name.length).toBeLessThan(100)
  expect(readNicTraffic([nic(7, 1, 1)] as never, 0, [], undefined)[0]?.name).toBe('without a name')
})
