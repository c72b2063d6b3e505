/** Rows are seen, not only there: in every list and table, above all those of the guest's errors. */
import { startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, goTo, send, test } from './lab.ts'
import { expectSeen, rowsInSight } from './seen.ts'
import { openTimeline, recordMenu, row, rowsOf, stamp, startTalker } from './timeline-lab.ts'

/** Events that tell of an error in the guest, as QEMU sends them. */
const guestErrors = [
  [
    'BLOCK_IO_ERROR',
    '{"device": "", "node-name": "disk0", "operation": "write", "action": "stop", "reason": "No space left on device", "nospace": true, "qom-path": "/machine/peripheral/vd0"}',
  ],
  [
    'GUEST_PANICKED',
    '{"action": "pause", "info": {"type": "hyper-v", "arg1": 239, "arg2": 0, "arg3": 0, "arg4": 0, "arg5": 0}}',
  ],
  ['BLOCK_JOB_ERROR', '{"device": "job0", "operation": "write", "action": "stop"}'],
  ['WATCHDOG', '{"action": "pause"}'],
  [
    'MEMORY_FAILURE',
    '{"recipient": "guest", "action": "inject", "flags": {"action-required": true, "recursive": false}}',
  ],
  ['DEVICE_UNPLUG_GUEST_ERROR', '{"device": "vd0", "path": "/machine/peripheral/vd0"}'],
] as const

test('rows of guest errors are seen in the list, wide and narrow', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  talker.say(
    guestErrors
      .map(([name, data]) => `{"event": "${name}", "data": ${data}, ${stamp(1_732_153_431)}}\r\n`)
      .join(''),
  )
  for (const width of [1280, 760, 400]) {
    await page.setViewportSize({ width, height: 720 })
    for (const [name] of guestErrors) {
      const one = row(page, new RegExp(`event ${name}`))
      await one.scrollIntoViewIfNeeded()
      await expect(one).toBeVisible()
    }
    await expectSeen(rowsOf(page))
    expect(await rowsInSight(rowsOf(page))).toBeGreaterThan(guestErrors.length)
  }
  await talker.stop()
})

test('the lists and tables of every view are seen', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: ['-blockdev', 'null-co,node-name=disk0,size=67108864', '-device', 'virtio-blk-pci,drive=disk0'],
  })
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByRole('table').first()).toContainText('null-co')
  await expectSeen(page)
  await page.getByRole('button', { name: /^\? Keys/ }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectSeen(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible()
  await expectSeen(page)
  await page.keyboard.press('Escape')

  await goTo(page, 'Schema')
  const entities = page.getByRole('listbox', { name: 'Entities of the schema' })
  await expect(entities.getByRole('option').first()).toBeVisible()
  await expectSeen(page)
  await page.goto(`${lab.url}#/machine/vm/schema/blockdev-add`)
  await expect(page.getByRole('row', { name: /^driver/ })).toBeVisible()
  await expectSeen(page)
  await page.goto(`${lab.url}#/recorded/qemu-11.1-x86_64/schema?show=compare`)
  await page.getByLabel('Compare with').selectOption({ label: 'QEMU 10.0 x86_64' })
  const changes = page.getByRole('listbox', { name: 'Changes' })
  await expect(changes.getByRole('option').first()).toBeVisible()
  await expectSeen(page)

  await page.goto(`${lab.url}#/machine/vm/command`)
  await chooseCommand(page, 'query-block')
  await expectSeen(page)
  const result = await send(page, 'query-block')
  await expect(result).toContainText('returned')
  await expectSeen(page)
  await page.getByRole('button', { name: 'History' }).first().click()
  const history = page.getByRole('region', { name: 'History' })
  await expect(history.getByRole('option', { name: /query-block/ })).toBeVisible()
  await expectSeen(page)
  await history.getByRole('tab', { name: 'Collections' }).click()
  await expectSeen(page)
  await chooseCommand(page, 'device_add')
  await expectSeen(page)

  await goTo(page, 'Console')
  await expectSeen(page)
  await goTo(page, 'Timeline')
  await expect(row(page, /reply query-block/)).toBeVisible()
  await expectSeen(page)
  await recordMenu(page)
  await page.getByText(/^Saved filters/).click()
  await expectSeen(page)
  await row(page, /reply query-block/).click()
  await expect(page.getByRole('region', { name: 'Chosen row' })).toBeVisible()
  await expectSeen(page)
  await qemu.kill()
})
