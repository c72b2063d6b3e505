/** Connections that break, and come back. */
import { startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, test } from './lab.ts'

const one = '11111111-1111-4111-8111-111111111111'
const two = '22222222-2222-4222-8222-222222222222'

test('killing QEMU shows lost, the pending command is unknown, a restarted one is picked up', async ({
  page,
  lab,
}) => {
  let qemu = await startQemu(lab.sockets, 'vm', { uuid: one })
  await page.goto(lab.url)
  const chip = page.getByLabel('Chosen machine')
  await expect(chip).toContainText('running')
  await chooseCommand(page, 'query-version')
  // A QEMU that is stopped answers nothing: the command is in flight when it is killed.
  process.kill(qemu.pid, 'SIGSTOP')
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('article', { name: 'Result of query-version' })).toContainText('waiting')
  await expect(page.getByText(/query-version has blocked the queue/)).toBeVisible()
  await expect(page.getByText(/Out-of-band, these still get through/)).toBeVisible()
  await expectAccessible(page)
  await qemu.kill()
  await expect(chip).toContainText('lost')
  await expect(page.getByRole('article', { name: 'Result of query-version' })).toContainText(
    'it may have run',
  )
  await expectAccessible(page)
  qemu = await startQemu(lab.sockets, 'vm', { uuid: two })
  await expect(chip).toContainText('running')
  await expect(page.getByText(/Another QEMU answers.*uuid 11111111.*22222222/)).toBeVisible()
  await page.getByRole('button', { name: 'I have seen it' }).click()
  await expect(page.getByText(/Another QEMU answers/)).toHaveCount(0)
  await goTo(page, 'Timeline')
  // However often it was tried to connect since: only this row.
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:outcome')
  await expect(page.getByRole('option', { name: /outcome query-version.*unknown/ })).toBeVisible()
  await qemu.kill()
})

test('killing and restarting websockify: lost, said, and found again without a reload', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  const chip = page.getByLabel('Chosen machine')
  await expect(chip).toContainText('running')
  await lab.killBridge()
  await expect(chip).toContainText('lost')
  await expect(page.getByText(/the bridge that serves this page does not answer/)).toBeVisible()
  await lab.restartBridge()
  await expect(chip).toContainText('running')
  await expect(page.getByText(/Another QEMU answers/)).toHaveCount(0)
  await qemu.kill()
})

test('machines come and go', async ({ page, lab }) => {
  await page.goto(lab.url)
  await expect(page.getByRole('heading', { name: 'Connect to a machine' })).toBeVisible()
  await expectAccessible(page)
  const qemu = await startQemu(lab.sockets, 'late')
  await expect(page.getByLabel('Chosen machine')).toContainText('late')
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await qemu.kill()
  await expect(
    page.getByText(
      /Lost: the bridge knows no machine “late.qmp” now|Lost: the bridge is there, but nobody listens/,
    ),
  ).toBeVisible()
})
