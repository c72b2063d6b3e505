/** Several people, tabs and tools on one machine through the gate, and somebody who only watches. Counted at QEMU. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { addressOf } from '../lab/bridge/bridge.ts'
import { connectLines } from '../lab/gate/testing/line-client.ts'
import { startFakeServer, startQemu, startTestLab } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test as base } from './lab.ts'

const test = base.extend<{ lab: TestLab }>({
  lab: async ({}, use) => {
    const lab = await startTestLab({ gate: true })
    await use(lab)
    await lab.stop()
  },
})

const chip = (page: Page): ReturnType<Page['getByLabel']> => page.getByLabel('Chosen machine')

/** A page of a person of its own: nothing is shared with others but the machine. */
async function personAt(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(address)
  return page
}

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  // Just after it came up a page takes no press.
  await expect(page.locator('html')).not.toHaveAttribute('data-unarmed')
  await button.click()
}

test('two people and a tool of the shell are on one machine at once', async ({ browser, page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(lab.address('/machine/vm/overview'))
  const other = await personAt(browser, lab.address('/machine/vm/overview'))
  for (const each of [page, other]) await expect(chip(each)).toContainText('running')
  const tool = connectLines(join(dirname(lab.audit), 'gate', 'full', 'vm.qmp'))
  await tool.negotiate()
  // What one does, all see.
  await press(page, 'Stop')
  await expect(chip(other)).toContainText('paused')
  await tool.next(({ value }) => value.event === 'STOP')
  expect(await tool.ask('cont')).toMatchObject({ return: {} })
  for (const each of [page, other]) await expect(chip(each)).toContainText('running')
  const status = await tool.ask('x-gate-status')
  expect((status.return as { clients: unknown[] }).clients).toHaveLength(3)
  tool.end()
  await other.context().close()
})

test('eight pages on one gate', async ({ browser, lab }) => {
  test.slow()
  await startQemu(lab.sockets, 'vm')
  const pages = await Promise.all(
    Array.from({ length: 8 }, () => personAt(browser, lab.address('/machine/vm/overview'))),
  )
  for (const each of pages) await expect(chip(each)).toContainText('running')
  const [first] = pages
  if (first === undefined) throw new Error('There is no page.')
  await press(first, 'Stop')
  for (const each of pages) await expect(chip(each)).toContainText('paused')
  for (const each of pages) await each.context().close()
})

test('who has the key for watching sees all, is told so, and can stop, type and write nothing', async ({
  page,
  lab,
}) => {
  const log = join(lab.web, 'input.txt')
  let typed = ''
  const line = await startFakeServer(join(lab.sockets, 'vm.serial'), (socket) => {
    socket.write('login: ')
    socket.on('data', (data) => (typed += data.toString()))
  })
  await startQemu(lab.sockets, 'vm', {
    args: [
      ...['-device', 'VGA', '-device', 'qemu-xhci', '-device', 'usb-tablet'],
      ...['-vnc', `unix:${join(lab.sockets, 'vm.vnc')}`],
      ...['-trace', 'input_event_key_qcode', '-trace', 'input_event_btn', '-D', log],
    ],
  })
  await page.goto(addressOf(lab.url, lab.watchKey, '/machine/vm/overview'))
  await expect(chip(page)).toContainText('running')
  await expect(page.getByTitle('You watch vm: your key lets you change nothing.')).toContainText('watch')
  await expect(page.getByLabel('Lock', { exact: true })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  await expectAccessible(page)

  await page.goto(`${lab.url}#/machine/vm/console?console=serial`)
  await expect(page.getByText('You watch vm: your key lets you change nothing. What is typed')).toBeVisible()
  await expect(page.getByText('login:')).toBeVisible()
  await page.keyboard.type('root')

  await page.goto(`${lab.url}#/machine/vm/console?console=vnc`)
  await expect(page.getByText('No key, no pointer and no text goes to the guest.')).toBeVisible()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()

  // What a page would never send is refused by the gate itself.
  const raw = await page.evaluate(
    async (url) => {
      const socket = new WebSocket(url)
      socket.binaryType = 'arraybuffer'
      const heard: string[] = []
      await new Promise<void>((done) => {
        socket.onmessage = ({ data }) => {
          heard.push(new TextDecoder().decode(data as ArrayBuffer))
          if (heard.length === 1)
            socket.send(new TextEncoder().encode('{"execute":"qmp_capabilities"}{"execute":"quit"}'))
          if (heard.join('').includes('"error"')) done()
        }
      })
      return heard.join('')
    },
    lab.channel('vm.qmp').replace(lab.key, lab.watchKey),
  )
  expect(raw).toContain('This key only lets you watch: quit is refused.')
  expect(typed).toBe('')
  expect(existsSync(log) ? readFileSync(log, 'utf8') : '').not.toMatch(/input_event/)
  await expect(chip(page)).toContainText('running')
  expect(readFileSync(lab.audit, 'utf8')).toMatch(/"key":"watch".*"command":"quit".*"outcome":"refused"/)
  await line.stop()
})
