/**
 * What may be sent without a person, and what a person is asked before: nothing that is only opened or typed ends a
 * machine, a line of two commands asks, another site cannot have anything pressed.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

const at = (lab: TestLab, place: string) => `${lab.url}#/machine/${place}`
const args = (value: object) => `?args=${encodeURIComponent(JSON.stringify(value))}`
const chosen = (page: Page) => page.getByLabel('Chosen machine')
const question = (page: Page) => page.getByRole('dialog')

test('a link and a typed driver that would end the machine do not', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, `vm/command/device_add${args({ driver: 'virtio-vga-gl' })}`))
  await expect(page.getByText(/virtio-vga-gl is not asked about automatically/)).toBeVisible()
  const driver = page
    .getByRole('form', { name: 'Arguments of device_add' })
    .getByRole('combobox', { name: 'driver' })
  await driver.fill('virtio-gpu-gl-pci')
  await expect(page.getByText(/virtio-gpu-gl-pci is not asked about automatically/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chosen(page)).toContainText('running')
  await expectAccessible(page)

  // A button asks, and says what could come of it; then it is known that a part is missing.
  await page.getByRole('button', { name: 'Ask the machine which types it has' }).click()
  await expect(question(page)).toContainText('On vm: QEMU loads all its modules for this')
  await question(page).getByRole('button', { name: 'Run qom-list-types' }).click()
  await expect(page.getByText(/made with a part virtio-gpu-gl-device/)).toBeVisible()
  await driver.fill('virtio-vga')
  await expect(page.getByText(/\d+ properties of virtio-vga\./)).toBeVisible()
  await expect(chosen(page)).toContainText('running')

  // The console completes and reads the same without asking.
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  await page.keyboard.type('device_add driver=virtio-vga-gl x')
  await page.keyboard.press('Tab')
  await expect(chosen(page)).toContainText('running')

  // At read only the button is off, and says so.
  await page.getByLabel('Lock').selectOption('read-only')
  await page.goto(at(lab, `vm/command/device_add${args({ driver: 'virtio-vga-gl' })}`))
  await expect(page.getByRole('button', { name: /Ask the machine for the properties/ })).toBeDisabled()
})

test('a lost connection says what the page itself was asking', async ({ page, lab }) => {
  const server = await startFakeQmp(`${lab.sockets}/fake.qmp`, (command, socket) => {
    if (command.execute === 'query-status') socket.destroy()
    else socket.write(`{"return": {}, "id": ${command.id}}\r\n`)
  })
  await page.goto(at(lab, 'fake/timeline'))
  await expect(page.getByText(/lost while QMP Studio was asking query-/)).toBeVisible()
  await server.stop()
})

test('a line of two commands asks, for machines of any name', async ({ page, lab }) => {
  await startQemu(lab.sockets, '__proto__')
  await page.goto(at(lab, '__proto__/console'))
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  const line = page.getByRole('textbox', { name: /QMP console of __proto__/ })
  const log = page.getByRole('log')
  const two = '{"execute":"query-status"}{"execute":"quit"}'
  await line.focus()
  await page.keyboard.insertText(two)
  await page.keyboard.press('Enter')
  await expect(question(page)).toContainText('On __proto__: This line is not exactly one command')
  await expectAccessible(page)
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(log).toContainText('Not sent, as you chose.')
  await expect(chosen(page)).toContainText('running')
  // Its lock is its own, and lasts.
  await page.getByLabel('Lock').selectOption('read-only')
  await page.reload()
  await expect(page.getByLabel('Lock')).toHaveValue('read-only')
  // Just after it was opened no page is armed.
  await expect(page.locator('html')).not.toHaveAttribute('data-unarmed')
  await line.focus()
  await page.keyboard.insertText(two)
  await page.keyboard.press('Enter')
  await expect(log).toContainText('__proto__ is locked: read only')
  await expect(question(page)).toBeHidden()
  await goTo(page, 'Command')
  await expect(chosen(page)).toContainText('running')
})

test('a no of one’s own leaves no error behind', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm'))
  await page.getByRole('button', { name: 'Reset' }).click()
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(question(page)).toBeHidden()
  await goTo(page, 'Timeline')
  await expect(page.getByRole('button', { name: 'Dismiss' })).toHaveCount(0)
  await page.goto(at(lab, 'vm/command/quit'))
  await page.getByRole('button', { name: /^Send/ }).click()
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  const result = page.getByRole('article', { name: 'Result of quit' })
  await expect(result).toContainText('not sent')
  await expect(result.locator('.error')).toHaveCount(0)
})

test('another site cannot frame the page: the browser refuses, and where it is served without our headers the page does', async ({
  page,
  lab,
  consoleErrors,
}) => {
  await startQemu(lab.sockets, 'vm')
  const other = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(
      `<title>Other</title><iframe title="page" src="${at(lab, 'vm')}" width="900" height="600"></iframe>`,
    )
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
  const inside = page.frameLocator('iframe')
  await expect.poll(() => consoleErrors.splice(0).join()).toContain("frame-ancestors 'none'")
  // As a web server serves it that sends no headers of ours.
  await page.route(lab.url, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { 'content-type': 'text/html' } })
  })
  await page.reload()
  await expect(inside.getByText(/Another site shows this page inside its own/)).toBeVisible()
  await expect(inside.getByRole('button', { name: 'Quit QEMU' })).toHaveCount(0)
  await expect(inside.getByText('running')).toHaveCount(0)
  other.close()
})

test('a question isolates each name and argument, and shows what would reorder or hide text', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  await page.getByRole('navigation', { name: 'Machines' }).getByRole('button', { name: '+ Add' }).click()
  const add = page.getByRole('dialog', { name: 'Add a machine' })
  await add.getByLabel('Address of the bridge').fill(lab.channel('nobody.qmp'))
  // Right-to-left override, and an isolate that is never closed.
  await add.getByLabel('Name on this page').fill('db\u202Eeno-tset\u2066')
  await add.getByRole('button', { name: 'Connect' }).click()
  const remove = page.getByRole('button', { name: /^Remove db/ })
  await remove.click()
  await expect(question(page)).toHaveAccessibleName('Remove db<U+202E>eno-tset<U+2066> from this page?')
  const given = question(page).locator('bdi')
  await expect(given).toHaveText(['db<U+202E>eno-tset<U+2066>', /^ws:.*nobody\.qmp/])
  await expectAccessible(page)
  await question(page).getByRole('button', { name: 'Cancel' }).click()

  // A line of the human monitor, and one of the QMP console.
  await page.goto(at(lab, 'vm/console'))
  await page.getByRole('textbox', { name: /Human monitor of vm/ }).focus()
  await page.keyboard.insertText('savevm \u202Eeno\u2066')
  await page.keyboard.press('Enter')
  await expect(question(page)).toHaveAccessibleName('savevm <U+202E>eno<U+2066> on vm?')
  // So does the line below that says what is waited for.
  await expect(page.getByText('Waiting for “savevm <U+202E>eno<U+2066>”')).toBeVisible()
  await expect(given).toHaveText(['savevm <U+202E>eno<U+2066>', 'vm', 'vm', 'savevm <U+202E>eno<U+2066>'])
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  await page.keyboard.insertText('{"execute":"quit"} \u202E x')
  await page.keyboard.press('Enter')
  await expect(question(page)).toHaveAccessibleName('{"execute":"quit"} <U+202E> x on vm?')
  const text = await question(page).innerText()
  expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
  await question(page).getByRole('button', { name: 'Cancel' }).click()
})

test('nothing is armed just after someone else has changed the address', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm'))
  const reset = page.getByRole('button', { name: 'Reset' })
  await reset.click()
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  // The change and the press in one breath, as a page that has opened this one would have it.
  const isOpen = await page.evaluate(async () => {
    const press = (): boolean => {
      const button = [...document.querySelectorAll('button')].find((each) =>
        each.textContent.includes('Reset'),
      )
      button?.click()
      return document.querySelector('dialog[open]') !== null
    }
    const changed = new Promise((resolve) => window.addEventListener('hashchange', resolve, { once: true }))
    location.hash = `${location.hash}?x=1`
    await changed
    return press()
  })
  expect(isOpen).toBe(false)
  await expect(question(page)).toBeHidden()
  // Nor does a key choose another lock, nor a paste reach a field.
  const passed = await page.evaluate(async () => {
    const changed = new Promise((resolve) => window.addEventListener('hashchange', resolve, { once: true }))
    location.hash = `${location.hash}1`
    await changed
    const lock = [...document.querySelectorAll('select')].find((each) => each.value === 'ask')
    const options = { bubbles: true, cancelable: true }
    return [
      lock?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', ...options })),
      document.body.dispatchEvent(new ClipboardEvent('paste', options)),
    ]
  })
  expect(passed).toEqual([false, false])
  // A moment later it works as ever.
  await reset.click()
  await expect(question(page)).toBeVisible()
  await question(page).getByRole('button', { name: 'Cancel' }).click()
})

test('a monitor that another tab holds is said to be, can be explored, and is taken over', async ({
  page,
  lab,
  context,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm/command/query-status'))
  await expect(chosen(page)).toContainText('running')
  await expect(page.getByRole('heading', { name: 'query-status', level: 1 })).toBeVisible()
  const other = await context.newPage()
  await other.goto(at(lab, 'vm/command/query-status'))
  await expect(other.getByText(/Another tab of this browser holds the monitor of vm/)).toBeVisible()
  // The other tab has told its schema.
  await expect(other.getByRole('heading', { name: 'query-status', level: 1 })).toBeVisible()
  await expectAccessible(other)
  await other.getByRole('button', { name: 'Take it over' }).click()
  await expect(chosen(other)).toContainText('running')
  await expect(page.getByText('Not connected to vm.')).toBeVisible()
  await other.close()
})

test('a monitor that another tab holds is followed: state, events and schema, and nothing is sent', async ({
  page,
  lab,
  context,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm/overview'))
  await expect(chosen(page)).toContainText('running')
  const other = await context.newPage()
  await other.goto(at(lab, 'vm/overview'))
  await other.getByRole('button', { name: 'Follow it' }).click()
  await expect(other.getByText(/vm is followed from another tab/)).toBeVisible()
  await expect(chosen(other)).toContainText('followed')
  await expect(chosen(other)).toContainText('running')
  await expect(chosen(other)).toContainText('7.2')
  // What happens there is seen here.
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
  await expect(chosen(page)).toContainText('paused')
  await expect(chosen(other)).toContainText('paused')
  await expect(other.getByRole('region', { name: 'Timeline' })).toContainText(/vm.*STOP|vm.*stop/)
  await expectAccessible(other)
  // The views of the schema are those of the machine; nothing can be sent.
  await other.goto(at(lab, 'vm/command/query-status'))
  await expect(other.getByRole('heading', { name: 'query-status', level: 1 })).toBeVisible()
  await expect(other.getByRole('button', { name: /^Send/ })).toBeDisabled()
  // What was told is not in this tab's own record.
  await goTo(other, 'Console')
  await other.getByRole('tab', { name: 'QMP', exact: true }).click()
  await expect(other.getByRole('log')).not.toContainText('STOP')
  // It ends when it is told to; the other tab's state is no longer shown as this machine's.
  await other.getByRole('button', { name: 'Stop following' }).click()
  await expect(chosen(other)).not.toContainText('paused')
  await other.getByRole('button', { name: 'Follow it' }).click()
  await expect(chosen(other)).toContainText('paused')
  // And when the other tab goes: then the monitor is free, and this tab has it.
  await page.close()
  await expect(chosen(other)).toContainText('ready')
  await expect(other.getByText(/is followed from another tab/)).toHaveCount(0)
})

/** How many schemas this browser keeps. Runs in the page. */
async function countSchemas(): Promise<number> {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  if (!names.includes('qmp-studio-schemas')) return 0
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('qmp-studio-schemas')
    opening.onerror = () => reject(new Error('not opened'))
    opening.onsuccess = () => {
      const counting = opening.result.transaction('schemas').objectStore('schemas').count()
      counting.onerror = () => reject(new Error('not counted'))
      counting.onsuccess = () => {
        opening.result.close()
        resolve(counting.result)
      }
    }
  })
}

test('a monitor that another client holds is explored by the schema of the last visit', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm/schema/query-status'))
  await expect(chosen(page)).toContainText('running')
  await expect(page.getByRole('heading', { name: 'query-status' }).first()).toBeVisible()
  await expect(page.getByText(/^The schema as of/)).toHaveCount(0)
  // It is kept a moment after it was read.
  await expect.poll(() => page.evaluate(countSchemas)).toBe(1)
  await page.goto('about:blank')
  const client = createConnection(`${lab.sockets}/vm.qmp`)
  await once(client, 'data')
  await page.goto(at(lab, 'vm/schema/query-status'))
  await expect(page.getByText(/Occupied: another client holds this monitor/)).toBeVisible()
  await expect(page.getByText(/^The schema as of \d{4}-\d\d-\d\d \d\d:\d\d, when/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'query-status' }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Follow it' })).toHaveCount(0)
  await expectAccessible(page)
  await goTo(page, 'Command')
  await expect(page.getByText(/^The schema as of/)).toBeVisible()
  // The other client goes: the machine's own schema is read.
  client.destroy()
  await expect(chosen(page)).toContainText('running')
  await expect(page.getByText(/^The schema as of/)).toHaveCount(0)
})

test('after a reconnect the form and its result are where they were', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(at(lab, 'vm/command/query-cpu-model-expansion'))
  await expect(chosen(page)).toContainText('running')
  await page.goto(at(lab, 'vm/command/query-name'))
  await page.getByRole('button', { name: /^Send/ }).click()
  const result = page.getByRole('article', { name: 'Result of query-name' })
  await expect(result).toContainText('returned')
  const form = page.getByRole('form', { name: 'Arguments of query-name' })
  const handle = await form.elementHandle()
  await lab.killBridge()
  await expect(page.getByText(/^Lost: /)).toBeVisible()
  await lab.restartBridge()
  await expect(chosen(page)).toContainText('running')
  // The same element, not one that was made again.
  expect(await handle.evaluate((each) => each.isConnected)).toBe(true)
  await expect(result).toContainText('returned')
})
