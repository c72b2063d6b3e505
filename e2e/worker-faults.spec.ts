/** Workers that throw, loop, allocate and close themselves: each is found dead and started again, and commands end. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, send, test } from './lab.ts'

async function open(page: Page, lab: TestLab): Promise<void> {
  await page.goto(lab.url)
  await page
    .getByRole('button', { name: 'I know', exact: true })
    .or(page.getByLabel('Chosen machine'))
    .first()
    .waitFor()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
}

/** Run something in the machine's worker, in a task of its own: the debugger is not to be part of it. */
function inWorker(page: Page, fault: () => void): void {
  for (const worker of page.workers()) {
    // The worker ends meanwhile, and with it the call.
    worker.evaluate(fault).catch(() => undefined)
  }
}

const faults: readonly (readonly [what: string, fault: () => void])[] = [
  [
    'throws',
    () => {
      setTimeout(() => {
        throw new Error('made to die by a test')
      })
    },
  ],
  [
    'loops without end',
    () => {
      setTimeout(() => {
        for (;;);
      })
    },
  ],
  [
    'allocates without end',
    () => {
      setTimeout(() => {
        const all: unknown[] = []
        for (;;) all.push(new Array(1000).fill(all.length))
      })
    },
  ],
  [
    'closes itself',
    () => {
      self.close()
    },
  ],
]

for (const [what, fault] of faults) {
  const isBusy = /without end/.test(what)
  test(`a worker that ${what} is found dead and started again, and a command in flight ends`, async ({
    page,
    lab,
    consoleErrors,
  }) => {
    const qemu = await startQemu(lab.sockets, 'vm')
    await open(page, lab)
    await chooseCommand(page, 'query-kvm')
    const before = await send(page, 'query-kvm')
    await expect(before).toContainText('enabled')
    inWorker(page, fault)
    // Sent while nobody is there: it must not wait for ever.
    await page.getByRole('button', { name: /^Send/ }).click()
    await expect(page.getByText(/The worker of vm died \(.*\) and was started again/)).toBeVisible({
      timeout: 40_000,
    })
    await expect(page.getByRole('article', { name: 'Result of query-kvm' }).first()).toContainText(
      /outcome unknown|not sent|enabled/,
    )
    await expectAccessible(page)
    consoleErrors.splice(0)
    if (isBusy) {
      // The browser may hold the socket of a worker that it had to end by force for a while: the monitor is occupied.
      await expect(page.getByLabel('Chosen machine')).toContainText(/running|occupied/)
      await qemu.kill()
      return
    }
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await chooseCommand(page, 'query-name')
    await expect(await send(page, 'query-name')).toContainText('vm')
    await goTo(page, 'Timeline')
    await expect(page.getByRole('option', { name: /the worker of this machine died/ }).first()).toBeVisible()
    consoleErrors.splice(0)
    await qemu.kill()
  })
}
