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

/** Begin something in the workers, in a task of its own: the debugger is not to be part of it. */
async function inWorkers(page: Page, fault: () => void): Promise<void> {
  await Promise.all(page.workers().map((worker) => worker.evaluate(fault)))
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
    'loops forever',
    () => {
      setTimeout(() => {
        for (;;);
      })
    },
  ],
  [
    'allocates without a limit',
    () => {
      setTimeout(() => {
        const all: unknown[] = []
        // Slowly: where memory runs out before the worker is found, the browser ends the whole tab, and no page can help it.
        for (;;) {
          all.push(new Array(1000).fill(all.length))
          const until = performance.now() + 1
          while (performance.now() < until);
        }
      })
    },
  ],
  [
    'closes itself',
    () => {
      setTimeout(() => self.close())
    },
  ],
]

for (const [what, fault] of faults) {
  test(`a worker that ${what} is found dead and started again, and what is in flight ends`, async ({
    page,
    lab,
    consoleErrors,
  }) => {
    const qemu = await startQemu(lab.sockets, 'vm')
    await open(page, lab)
    await chooseCommand(page, 'query-kvm')
    const before = await send(page, 'query-kvm')
    await expect(before).toContainText('enabled')
    await inWorkers(page, fault)
    // Sent while nobody is there and nobody knows: it must not wait forever.
    if (what !== 'throws') await page.getByRole('button', { name: /^Send/ }).click()
    await expect(page.getByText(/The worker of vm died \(.*\) and was started again/)).toBeVisible({
      timeout: 90_000,
    })
    const newest = page.getByRole('article', { name: 'Result of query-kvm' }).first()
    await expect(newest).toContainText(what === 'throws' ? 'enabled' : 'outcome unknown')
    await expectAccessible(page)
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await chooseCommand(page, 'query-name')
    await expect(await send(page, 'query-name')).toContainText('vm')
    await goTo(page, 'Timeline')
    await expect(page.getByRole('option', { name: /the worker of this machine died/ }).first()).toBeVisible()
    consoleErrors.splice(0)
    await qemu.kill()
  })
}
