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

test('a question shows all of a long value, on its buttons too', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/console`)
  await page.getByRole('textbox', { name: /Human monitor of vm/ }).focus()
  await page.keyboard.insertText(`savevm ${'averylongname'.repeat(20)}`)
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog')
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 720 })
    await expect(question.getByRole('button', { name: /^Run savevm/ })).toBeVisible()
    const outside = await question.evaluate((dialog) => {
      const box = dialog.getBoundingClientRect()
      return [...dialog.querySelectorAll('h2, p, bdi, button')]
        .filter((each) => {
          const { left, right } = each.getBoundingClientRect()
          return left < box.left || right > box.right || each.scrollWidth > each.clientWidth + 1
        })
        .map((each) => each.textContent.slice(0, 40))
    })
    expect(outside).toEqual([])
    // Its words are one text, not columns.
    const words = question.getByRole('button', { name: /^Run savevm/ })
    await expect(words.locator(':scope > *')).toHaveCount(1)
  }
  await question.getByRole('button', { name: 'Cancel' }).click()
})

test('on a narrow page nothing lies over the bar above the rows', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  talker.say(`{"event": "STOP", ${stamp(1_732_153_431)}}\r\n`)
  await row(page, /event STOP/).click()
  await expect(page.getByRole('region', { name: 'Chosen row' })).toBeVisible()
  await page.setViewportSize({ width: 400, height: 800 })
  const last = page.getByRole('button', { name: 'Keep in address' })
  // It makes room for what is chosen, and comes back.
  await expect(last).toBeHidden()
  await page.getByRole('region', { name: 'Chosen row' }).getByRole('button', { name: 'Close' }).click()
  await last.scrollIntoViewIfNeeded()
  const bar = last.locator('..')
  const [button, whole] = await Promise.all([last.boundingBox(), bar.boundingBox()])
  const bottom = (box: typeof button): number => (box?.y ?? 0) + (box?.height ?? 0)
  expect(bottom(button)).toBeLessThanOrEqual(bottom(whole))
  await talker.stop()
})

test('a form that nobody touched asks for what is missing, and blames nobody', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64/command/block_resize`)
  const form = page.getByRole('form', { name: 'Arguments of block_resize' })
  const size = form.getByRole('textbox', { name: 'size' })
  await expect(size).toBeVisible()
  await expect(form.getByRole('list', { name: 'What QEMU would refuse' })).toBeVisible()
  await expect(form.locator('[aria-invalid="true"], .error')).toHaveCount(0)
  await size.fill('x')
  await expect(size).toHaveAttribute('aria-invalid', 'true')
  // At the field, in the list below, and in the count beside “Send”.
  await expect(form.locator('.error')).toHaveCount(3)
})

test('on a narrow page the changes between two versions are told apart', async ({ page, lab }) => {
  await page.setViewportSize({ width: 400, height: 800 })
  await page.goto(
    `${lab.url}#/recorded/qemu-7.2-x86_64/schema?show=compare&against=recorded:qemu-10.0-x86_64`,
  )
  const changes = page.getByRole('listbox', { name: 'Changes' })
  await changes.getByRole('option').first().scrollIntoViewIfNeeded()
  await expectSeen(changes)
  // Places that differ at their end only: nothing of them is cut off.
  for (const value of ['block', 'compress']) {
    const one = changes.getByRole('option', {
      name: new RegExp(`migrate-set-capabilities.*capability = ${value}`),
    })
    await one.scrollIntoViewIfNeeded()
    const isCut = await one.evaluate((row) =>
      [...row.querySelectorAll('span')].some(
        (each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 2,
      ),
    )
    expect(isCut).toBe(false)
  }
})
