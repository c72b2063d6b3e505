/** Several people, tabs and tools on one machine through the gate, and somebody who only watches. Counted at QEMU. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

/** A machine with a serial line behind which QEMU’s own monitor reads: what reaches the line is seen at the machine. */
const startWithLine = (sockets: string): Promise<unknown> =>
  startQemu(sockets, 'vm', {
    args: [
      ...['-chardev', `socket,id=serial0,path=${join(sockets, 'vm.serial')},server=on,wait=off`],
      ...['-mon', 'chardev=serial0,mode=readline'],
    ],
  })

const lineBar = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('main')

/** Type at the terminal of the line. */
async function typeAt(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Serial line of vm: input' }).focus()
  await page.keyboard.type(text)
}

test('two pages on one serial line: one writes, the other listens, takes over with a question, and the first is told', async ({
  browser,
  page,
  lab,
}) => {
  await startWithLine(lab.sockets)
  const place = '/machine/vm/console?console=serial'
  await page.goto(lab.address(place))
  await expect(lineBar(page).getByText('nobody writes', { exact: true })).toBeVisible()
  await typeAt(page, 'stop\r')
  await expect(chip(page)).toContainText('paused')
  await expect(lineBar(page).getByText('you write', { exact: true })).toBeVisible()
  await expect(page.getByText('You write; others only listen.')).toBeVisible()

  const other = await personAt(browser, lab.address(place))
  await expect(lineBar(other).getByText('another client writes', { exact: true })).toBeVisible()
  await expect(other.getByText('Another client writes: you listen.')).toBeVisible()
  // It hears what was said before.
  await expect(other.locator('.xterm-rows')).toContainText('(qemu) stop')
  await expect(chip(other)).toContainText('paused')
  await typeAt(other, 'cont\r')
  await expect(other.getByText('Another client writes: nothing was sent.')).toBeVisible()
  await expectAccessible(other)

  // The question names the line; who says no takes nothing.
  await press(other, 'Take over')
  const dialog = other.getByRole('dialog', { name: 'Take over Serial line of vm?' })
  await expect(dialog).toContainText('what the other types is dropped')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(lineBar(page).getByText('you write', { exact: true })).toBeVisible()
  await expect(chip(other)).toContainText('paused')
  await press(other, 'Take over')
  await dialog.getByRole('button', { name: 'Take over' }).click()
  await expect(lineBar(other).getByText('you write', { exact: true })).toBeVisible()
  await typeAt(other, 'cont\r')
  await expect(chip(other)).toContainText('running')

  await expect(page.getByText('Another client took this line over: you listen.')).toBeVisible()
  await typeAt(page, 'stop\r')
  await expect(page.getByText('Another client writes: nothing was sent.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take over', exact: true })).toBeVisible()
  await expect(chip(page)).toContainText('running')
  expect(readFileSync(lab.audit, 'utf8')).toMatch(/"did":"took the line","from":\d/)

  // Who writes has gone: the line is free again, and whoever types first has it.
  await other.context().close()
  await expect(lineBar(page).getByText('nobody writes', { exact: true })).toBeVisible()
  await typeAt(page, 'stop\r')
  await expect(chip(page)).toContainText('paused')
})

test('who watches is told who writes on a line, and why it cannot be taken over', async ({
  browser,
  page,
  lab,
}) => {
  await startWithLine(lab.sockets)
  const place = '/machine/vm/console?console=serial'
  const writer = await personAt(browser, lab.address(place))
  await expect(lineBar(writer).getByText('nobody writes', { exact: true })).toBeVisible()
  await page.setViewportSize({ width: 400, height: 800 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(addressOf(lab.url, lab.watchKey, place))
  await expect(lineBar(page).getByText('nobody writes', { exact: true })).toBeVisible()
  await typeAt(writer, 'stop\r')
  await expect(lineBar(page).getByText('another client writes', { exact: true })).toBeVisible()
  await expect(page.getByText('who watches cannot take the line over')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take over' })).toHaveCount(0)
  await expectAccessible(page)
  await writer.context().close()
})

test('machines of a file are behind the gate, wherever they are; one of another program is left alone', async ({
  browser,
  page,
  lab,
}) => {
  // A path that no folder of a lab has.
  const at = (name: string): string => join(dirname(lab.sockets), `${name}-monitor.sock`)
  for (const name of ['far', 'theirs']) {
    await startQemu(lab.sockets, `plain-${name}`, {
      args: ['-qmp', `unix:${at(name)},server=on,wait=off`],
    })
  }
  const machines = [
    { name: 'far', channels: { qmp: at('far') } },
    { name: 'theirs', channels: { qmp: { at: at('theirs'), polite: true } } },
  ]
  writeFileSync(lab.machinesFile, JSON.stringify({ version: 1, machines }))
  await page.goto(lab.address('/machine/far/overview'))
  const other = await personAt(browser, lab.address('/machine/far/overview'))
  for (const each of [page, other]) await expect(chip(each)).toContainText('running')
  await press(page, 'Stop')
  await expect(chip(other)).toContainText('paused')
  await expect(page.getByText(/The gate leaves theirs alone/)).toBeVisible()
  expect(existsSync(join(dirname(lab.audit), 'gate', 'full', 'far.qmp'))).toBe(true)
  expect(existsSync(join(dirname(lab.audit), 'gate', 'full', 'theirs.qmp'))).toBe(false)
  await page.goto(`${lab.url}#/machine/theirs/overview`)
  await expect(page.getByText('let go', { exact: true }).first()).toBeVisible()
  await other.context().close()
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
