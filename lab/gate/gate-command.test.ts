import { expect, test } from 'vitest'
import type { FoundSocket } from '../bridge/lab-list.ts'
import { gatedChannels, withoutPolite } from './gate-command.ts'

const found = (file: string, more: Partial<FoundSocket> = {}): FoundSocket => ({
  ...{ file, listening: true, madeAt: 1 },
  ...more,
})

test('a machine whose monitor belongs to another program is left alone with all that it has', () => {
  const own = [found('vm.qmp'), found('vm.serial')]
  const theirs = [found('100.qmp', { polite: true }), found('100.serial0')]
  const { taken, left, why } = withoutPolite([...own, ...theirs])
  expect([taken, left]).toEqual([own, theirs])
  expect(why).toMatch(/^The gate leaves 100 alone, whose monitor belongs to another program/)
})

test('of many machines five are named; without any there is nothing to be said', () => {
  const many = Array.from({ length: 12 }, (_, n) => found(`${n}.qmp`, { polite: true }))
  expect(withoutPolite(many).why).toContain('0, 1, 2, 3, 4 and 7 more')
  expect(withoutPolite([found('vm.qmp')])).toMatchObject({ left: [], why: undefined })
})

test('a channel is gated wherever it is, and a line that others read is not held', () => {
  const target = { host: '127.0.0.1', port: 4444 }
  const sockets = [
    ...[found('a.qmp'), found('b.qmp', { target }), found('c.qmp', { listening: false })],
    found('d.serial0', { isReadByOthers: true }),
  ]
  expect(gatedChannels(sockets, '/run/lab')).toEqual([
    { file: 'a.qmp', target: { path: '/run/lab/a.qmp' } },
    { file: 'b.qmp', target },
    { file: 'd.serial0', target: { path: '/run/lab/d.serial0' }, isHeld: false },
  ])
})
