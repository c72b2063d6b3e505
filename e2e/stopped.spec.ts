/** A bridge or a machine that stands still, and one that breaks off in the middle of a reply: nothing waits forever. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, send, test, setDeadline } from './lab.ts'

const chip = (page: Page) => page.getByLabel('Chosen machine')

test('a bridge that is stopped: a command ends at its deadline, and the page goes on when the bridge does', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  await expect(chip(page)).toContainText('running')
  await chooseCommand(page, 'query-version')
  await setDeadline(page, '1')
  lab.haltBridge()
  try {
    await page.getByRole('button', { name: /^Send/ }).click()
    const result = page.getByRole('article', { name: 'Result of query-version' }).first()
    await expect(result).toContainText('no reply within 1 s')
    await expectAccessible(page)
  } finally {
    lab.resumeBridge()
  }
  await goTo(page, 'Timeline')
  await expect(
    page.getByRole('option', { name: /outcome query-version.*no reply within its deadline/ }),
  ).toBeVisible()
  await expect(page.getByRole('option', { name: /reply query-version.*after its deadline/ })).toBeVisible()
  await chooseCommand(page, 'query-name')
  await expect(await send(page, 'query-name')).toContainText('returned')
  await expect(chip(page)).toContainText('running')
})

test('a machine that is stopped: its command ends at the deadline, and it is usable when it goes on', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await startQemu(lab.sockets, 'other')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(chip(page)).toContainText('running')
  await chooseCommand(page, 'query-version')
  await setDeadline(page, '1')
  process.kill(qemu.pid, 'SIGSTOP')
  try {
    await page.getByRole('button', { name: /^Send/ }).click()
    await expect(page.getByRole('article', { name: 'Result of query-version' }).first()).toContainText(
      'no reply within 1 s',
    )
    // Another machine is not held up by it.
    await page.goto(`${lab.url}#/machine/other/command/query-name`)
    await expect(await send(page, 'query-name')).toContainText('returned')
    await page.goto(`${lab.url}#/machine/vm/command/query-name`)
  } finally {
    process.kill(qemu.pid, 'SIGCONT')
  }
  await expect(await send(page, 'query-name')).toContainText('returned')
  await expect(chip(page)).toContainText('running')
})

test('a machine that breaks off in the middle of a reply: the command is unknown, the next connection is whole', async ({
  page,
  lab,
}) => {
  const server = await startFakeQmp(join(lab.sockets, 'vm.qmp'), ({ id, execute }, socket) => {
    if (execute === 'query-tpm-models') socket.end(`{"return": ["tpm-tis", "tpm-`)
    else if (execute === 'query-qmp-schema')
      socket.write(
        `{"return": [${['query-tpm-models', 'query-name'].map((name) => `{"name": "${name}", "meta-type": "command", "arg-type": "0", "ret-type": "0"}`).join()}, {"name": "0", "meta-type": "object", "members": []}], "id": ${id}}\r\n`,
      )
    else socket.write(`{"return": {"name": "whole"}, "id": ${id}}\r\n`)
  })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-tpm-models')
  await page.getByRole('button', { name: /^Send/ }).click()
  const result = page.getByRole('article', { name: 'Result of query-tpm-models' }).first()
  await expect(result).toContainText('it may have run')
  await expect(chip(page)).toContainText('ready')
  await chooseCommand(page, 'query-name')
  await expect(await send(page, 'query-name')).toContainText('whole')
  await goTo(page, 'Timeline')
  await expect(page.getByRole('option', { name: /outcome query-tpm-models.*unknown/ })).toBeVisible()
  await expect(page.getByRole('option', { name: /reply query-tpm-models/ })).toHaveCount(0)
  await server.stop()
})
