/** The key of the lab: how a page comes by it, what it says without it, and where it never shows up. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, send, test } from './lab.ts'

test.use({ hasKey: false })

/** Everything that the browser keeps for the page but the session of its tab, as text. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const parts: unknown[] = [Object.entries(localStorage)]
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(new Error(request.error?.message))
      })
      for (const store of database.objectStoreNames) {
        parts.push(
          await new Promise((resolve, reject) => {
            const request = database.transaction(store).objectStore(store).getAll()
            request.onsuccess = () => resolve(request.result)
            request.onerror = () => reject(new Error(request.error?.message))
          }),
        )
      }
      database.close()
    }
    return JSON.stringify(parts)
  })
}

/** Paste into the field that asks for the key. */
async function paste(page: Page, text: string): Promise<void> {
  const form = page.getByRole('region', { name: /key/ })
  await form.getByLabel('The key, or the whole address').fill(text)
  await form.getByRole('button', { name: 'Use this key' }).click()
}

const chip = (page: Page): ReturnType<Page['getByLabel']> => page.getByLabel('Chosen machine')

test('the printed address opens the machines, and the key is in no place that is seen, linked, saved or kept', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  const seen: string[] = []
  page.on('framenavigated', (frame) => seen.push(frame.url()))
  await page.goto(lab.address())
  await expect(chip(page)).toContainText('running')
  expect(page.url()).not.toContain(lab.key)
  await chooseCommand(page, 'query-version')
  await expect(await send(page, 'query-version')).toContainText('returned')
  // The bridge goes and comes: what is recorded of that names its address.
  await lab.killBridge()
  await expect(chip(page)).toContainText('lost')
  await lab.restartBridge()
  await expect(chip(page)).toContainText('running')
  for (const view of ['Overview', 'Schema', 'Command', 'Timeline', 'Console']) {
    await goTo(page, view)
    const text = await page.evaluate(() => document.documentElement.outerHTML)
    expect(text).not.toContain(lab.key)
  }
  await goTo(page, 'Timeline')
  await page.getByRole('button', { name: 'Save, keep' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('button', { name: 'Save the file' }).click()
  const file = readFileSync(await (await download).path(), 'utf8')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  expect(file).toContain('query-version')
  expect(file).not.toContain(lab.key)
  expect(await kept(page)).not.toContain(lab.key)
  // Every step of the history, as Back shows it.
  for (let step = 0; step < 4; step += 1) {
    await page.goBack()
    seen.push(page.url())
  }
  expect(seen.filter((url) => url.includes(lab.key))).toEqual([lab.address()])
  await page.reload()
  await expect(chip(page)).toContainText('running')
  await qemu.kill()
})

test('a link without the key asks for it, takes the whole address, and goes on to where it points', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/query-status`)
  const form = page.getByRole('region', { name: 'This lab needs its key' })
  await expect(form).toContainText('npm start -- --show-key')
  await expect(page.getByText('It appears automatically once this page has the key of its lab')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Machines' })).toContainText('appear with its key')
  await expectAccessible(page)
  await paste(page, 'no key')
  await expect(form.getByText('There is no key in that.')).toBeVisible()
  await paste(page, `  ${lab.address()}  `)
  await expect(page.getByRole('heading', { name: 'query-status', level: 1 })).toBeVisible()
  await expect(chip(page)).toContainText('running')
  await expect(form).toHaveCount(0)
  expect(page.url()).toBe(`${lab.url}#/machine/vm/command/query-status`)
  await qemu.kill()
})

test('an address with the key and a place opens the place; pasted into an open page it leaves it where it is', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  await expect(page.getByRole('region', { name: 'This lab needs its key' })).toBeVisible()
  // Only the fragment changes: the browser loads nothing.
  await page.goto(lab.address())
  await expect(chip(page)).toContainText('running')
  expect(page.url()).toBe(`${lab.url}#/machine/vm/timeline`)
  await page.goto(lab.address('/machine/vm/command/query-name'))
  await expect(page.getByRole('heading', { name: 'query-name', level: 1 })).toBeVisible()
  expect(page.url()).toBe(`${lab.url}#/machine/vm/command/query-name`)
  // A wrong key in an address does not take the right one away.
  await page.goto(`${lab.url}#key=${newKey()}/machine/vm/command/query-uuid`)
  await expect(page.getByRole('heading', { name: 'query-uuid', level: 1 })).toBeVisible()
  await page.reload()
  await expect(chip(page)).toContainText('running')
  await qemu.kill()
})

test('a wrong key is said as such, and is not a machine that is gone', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#key=${newKey()}`)
  const form = page.getByRole('region', { name: 'This key is not the lab’s' })
  await expect(form).toBeVisible()
  await expectAccessible(page)
  await paste(page, newKey())
  await expect(form).toBeVisible()
  await paste(page, lab.key)
  await expect(chip(page)).toContainText('running')
  await expect(form).toHaveCount(0)
  // An address given by hand is sent as it is; the key in it is neither in its name nor in what is said of it.
  const wrong = newKey()
  await page.getByRole('navigation', { name: 'Machines' }).getByRole('button', { name: '+ Add' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog.getByLabel('Address of the bridge').fill(`ws://127.0.0.1:${lab.port}/?token=${wrong}.vm.qmp`)
  await dialog.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByText(/the bridge of vm.qmp needs another key/)).toBeVisible()
  expect(page.url()).not.toContain(wrong)
  expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(wrong)
  await qemu.kill()
})

async function nextTab(context: BrowserContext, url: string): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto(url)
  return tab
}

test('kept in this browser on request, for other tabs, and forgotten on request', async ({
  page,
  context,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(lab.address())
  await expect(chip(page)).toContainText('running')
  // The monitor serves one client at a time: the second tab shows that it may come in.
  const second = await nextTab(context, lab.url)
  await expect(second.getByRole('region', { name: 'This lab needs its key' })).toBeVisible()
  await page.getByRole('button', { name: 'Lab', exact: true }).click()
  await page.getByRole('button', { name: 'Keep it in this browser' }).click()
  await expect(second.getByRole('region', { name: 'This lab needs its key' })).toHaveCount(0)
  await expect(chip(second)).toContainText('vm')
  await second.close()
  const third = await nextTab(context, lab.url)
  await expect(chip(third)).toContainText('vm')
  await third.close()
  await page.getByRole('button', { name: 'Forget the key' }).click()
  await expect(page.getByRole('region', { name: 'This lab needs its key' })).toBeVisible()
  await expect(page.getByText('Not connected to vm.')).toBeVisible()
  expect(
    await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])),
  ).not.toContain(lab.key)
  await page.reload()
  await expect(page.getByRole('region', { name: 'This lab needs its key' })).toBeVisible()
  await paste(page, lab.key)
  await expect(chip(page)).toContainText('running')
  await qemu.kill()
})
