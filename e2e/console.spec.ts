/** The QMP console on real QEMU: qmp-shell's syntax, completion, help, history. */
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

async function openConsole(page: Page, lab: TestLab): Promise<Locator> {
  await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await goTo(page, 'Schema')
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  return page.locator('.xterm-rows')
}

async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

test('lines of qmp-shell with sizes, dotted keys and a transaction', async ({ page, lab }) => {
  const rows = await openConsole(page, lab)
  await enter(page, 'blockdev-add driver=null-co node-name=n0 size=1G read-zeroes=on')
  await expect(rows).toContainText(
    /"arguments": ?\{"driver": ?"null-co","node-name": ?"n0","size": ?1073741824/,
  )
  await enter(
    page,
    'blockdev-add driver=raw node-name=r0 file.driver=null-co file.node-name=n1 file.size=64k',
  )
  await expect(rows).toContainText(/"file": ?\{"driver": ?"null-co","node-name": ?"n1","size": ?65536\}/)
  await enter(page, 'transaction(')
  await expect(rows).toContainText('TRANS>')
  await enter(page, 'block-dirty-bitmap-add node=n0 name=b0 granularity=64k')
  await enter(page, 'block-dirty-bitmap-add node=n1 nam=b1')
  await expect(rows).toContainText('nam is unexpected; did you mean name?')
  await enter(page, 'block-dirty-bitmap-add node=n1 name=b1 )')
  // The console goes past the lock like every other way.
  await page.getByRole('dialog').getByRole('button', { name: 'Run transaction' }).click()
  await expect(rows).toContainText(/"granularity":65536.*\{"return": \{\}/)
  await enter(page, 'clear')
  // What the machine has now is asked of the machine itself.
  await enter(page, '{"execute": "query-named-block-nodes", "arguments": {"flat": true}}')
  await expect(rows).toContainText(/"b0"/)
  await expect(rows).toContainText(/"b1"/)
  await expect(rows).toContainText('1073741824')
  await expect(rows).toContainText('QMP>')
  await enter(page, 'transaction(')
  await enter(page, 'abort')
  await page.keyboard.press('Control+C')
  await expect(rows).toContainText('The transaction was given up; nothing of it was sent.')
  await expectAccessible(page)
})

test('a request whose brackets are open goes on over lines, or is given up', async ({ page, lab }) => {
  const rows = await openConsole(page, lab)
  await enter(page, '{"execute": "query-name"')
  await expect(rows).toContainText('...>')
  await enter(page, '}')
  await expect(rows).toContainText('"name": "vm"')
  await enter(page, '{"execute": "stop"')
  await page.keyboard.press('Control+C')
  await expect(rows).toContainText('The request was given up')
  await enter(page, 'query-status')
  await expect(rows).toContainText('"status": "running"')
})

test('Tab completes commands, members and values', async ({ page, lab }) => {
  const rows = await openConsole(page, lab)
  await page.keyboard.type('blockdev-ad')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('QMP> blockdev-add')
  await page.keyboard.type('dr')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('QMP> blockdev-add driver=')
  await page.keyboard.type('null-c')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('QMP> blockdev-add driver=null-co')
  await page.keyboard.type('read-')
  await page.keyboard.press('Tab')
  // The member of the variant that driver=null-co chooses is among them.
  await expect(rows).toContainText('read-zeroes=')
  await expect(rows).toContainText('optional:')
  await page.keyboard.press('Control+C')
  await page.keyboard.type('x')
  await page.keyboard.press('Tab')
  await page.keyboard.type('nonsense')
  await page.keyboard.press('Tab')
  await expect(page.getByText(/No command of this machine begins with/)).toBeVisible()
})

test('device_add is completed and read with the properties of its driver', async ({ page, lab }) => {
  const rows = await openConsole(page, lab)
  await enter(page, 'blockdev-add driver=null-co node-name=n0')
  await expect(rows).toContainText(/\{"return": \{\}/)
  await page.keyboard.type('device_add driver=virtio-blk-pci queue-s')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('QMP> device_add driver=virtio-blk-pci queue-size=')
  await page.keyboard.type('128 share-')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('queue-size=128 share-rw=')
  await page.keyboard.type('on drive=n')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('share-rw=on drive=n0')
  await enter(page, 'id=d0 bus=pcie.0 addr=0x10')
  // A line entered meanwhile goes out after it.
  await enter(page, 'query-name')
  await expect(rows).toContainText(/"queue-size": ?128, ?"share-rw": ?true, ?"drive": ?"n0", ?"id": ?"d0"/)
  // A slot is a text: as a number it would be another slot.
  await expect(rows).toContainText(/"addr": ?"0x10"/)
  await expect(rows).toContainText('"name": "vm"')
  await enter(page, 'help quit x')
  await expect(rows).toContainText('help takes one command: write help quit')
})

test('help, a caret below what is wrong, Ctrl-R', async ({ page, lab }) => {
  const rows = await openConsole(page, lab)
  await enter(page, 'help')
  await expect(page.getByRole('log')).toContainText('migration:')
  await expect(page.getByRole('log')).toContainText('help COMMAND describes one.')
  await enter(page, 'clear')
  await enter(page, 'help blockdev-add')
  await expect(page.getByRole('log')).toContainText(/blockdev-add \(block, since \d/)
  await expect(page.getByRole('log')).toContainText('Arguments')
  await expect(page.getByRole('log')).toContainText('driver decides which other members there are:')
  await enter(page, 'clear')

  await enter(page, 'block_resize node-name=a size=much')
  const log = page.getByRole('log')
  await expect(log).toContainText('size: much is no integer')
  const lines = await log.locator('div').allTextContents()
  const caret = lines.find((line) => line.trim() === '^') ?? ''
  expect(caret.indexOf('^')).toBe('QMP> block_resize node-name=a size='.length)
  await enter(page, 'query-statu')
  await expect(rows).toContainText('did you mean query-status?')

  await enter(page, 'query-version')
  await expect(rows).toContainText('"major"')
  await enter(page, 'query-name')
  await enter(page, 'set_password protocol=vnc password=hidden')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.reload()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  await page.keyboard.press('Control+R')
  await page.keyboard.type('vers')
  await expect(rows).toContainText('history “vers”: query-version')
  await page.keyboard.press('Enter')
  await expect(rows).toContainText('"major"')
  await page.keyboard.press('Control+R')
  await page.keyboard.type('hidden')
  await expect(rows).toContainText('not found “hidden”:')
  await page.keyboard.press('Escape')
  await expect(rows).toContainText(/QMP>\s*$/)
})

test('help waits for the manual while that is being read', async ({ page, lab }) => {
  let goOn = (): void => undefined
  const held = new Promise<void>((resolve) => (goOn = resolve))
  await page.route('**/manuals.json', async (route) => {
    await held
    await route.continue()
  })
  await openConsole(page, lab)
  await enter(page, 'help blockdev-add')
  await expect(page.getByRole('log')).toContainText('The manual is being read…')
  await expect(page.getByRole('log')).not.toContainText('Arguments')
  goOn()
  await expect(page.getByRole('log')).toContainText(/blockdev-add \(block, since \d/)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`the console in ${scheme} colours`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme: scheme })
    const rows = await openConsole(page, lab)
    await enter(page, 'help query-status')
    await enter(page, 'block_resize node-name=a size=much')
    await enter(page, 'query-status')
    await expect(rows).toContainText('"running"')
    await page.keyboard.type('blockdev-add driver=null-co ')
    await page.keyboard.press('Tab')
    await expect(rows).toContainText('latency-ns=')
    await expectAccessible(page)
    await page.screenshot({ path: test.info().outputPath(`console-${scheme}.png`) })
  })
}
