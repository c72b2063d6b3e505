/** Serial lines and the monitor's own socket, on the real demo machine: as terminals, and as rows of the record. */
import { createConnection, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { startFakeServer, startQemu } from '../lab/testing.ts'
import { atPrompt, openDemo, test as demoTest } from './demo.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { watchFor } from './timeline-lab.ts'

const terminal = (page: Page, name: string): Locator =>
  page.getByRole('textbox', { name: `${name} of lab1: input` })
const rows = (page: Page): Locator => page.locator('.xterm-rows')

async function chooseConsole(page: Page, name: string): Promise<void> {
  await goTo(page, 'Console')
  await page.getByRole('tab', { name, exact: true }).click()
  // What is typed before is not sent, and said not to be.
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
}

demoTest(
  'a command typed on the serial line: its answer is there, and in the timeline',
  async ({ page, demo }) => {
    await openDemo(page, demo)
    await chooseConsole(page, 'Serial line')
    await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
    await atPrompt(page)
    await page.keyboard.type('uname -a\n')
    await expect(rows(page)).toContainText(/Linux lab1 \d/)
    await expectAccessible(page)

    // What is typed is the guest's echo, a line like any other; the other line prints without anybody.
    await page.getByRole('tab', { name: 'Serial line 1', exact: true }).click()
    await expect(rows(page)).toContainText(/tick \d+: up/)
    await page.getByRole('tab', { name: 'Serial line', exact: true }).click()
    await expect(rows(page)).toContainText(/Linux lab1 \d/)

    await goTo(page, 'Timeline')
    await page.getByRole('combobox', { name: 'Filter' }).fill('lane:serial "Linux lab1"')
    await page.getByRole('combobox', { name: 'Filter' }).press('Enter')
    const row = page.getByRole('option', { name: /line serial .*Linux lab1/ }).first()
    await expect(row).toBeVisible()
    await row.click()
    await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText('Linux lab1')
    await expectAccessible(page)
  },
)

demoTest(
  'a kernel panic: its lines beside its event, and an alert that stopped the recording on it',
  async ({ page, demo }) => {
    await openDemo(page, demo)
    await goTo(page, 'Timeline')
    await watchFor(page, 'lane:serial "Kernel panic"', 'It panicked', 'watches: stops the recording')
    await chooseConsole(page, 'Serial line')
    await atPrompt(page)
    await page.keyboard.type('echo c > /proc/sysrq-trigger\n')
    await expect(page.getByLabel('Chosen machine')).toContainText('guest-panicked')
    await goTo(page, 'Timeline')
    await expect(page.getByText(/It panicked/).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Record', exact: true })).toHaveAttribute(
      'aria-pressed',
      'false',
    )
    await page.getByRole('combobox', { name: 'Filter' }).fill('lane:serial "Kernel panic"')
    await page.getByRole('combobox', { name: 'Filter' }).press('Enter')
    await expect(
      page.getByRole('option', { name: /line serial .*Kernel panic - not syncing/ }).first(),
    ).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Machines' })).toContainText(/errors? of the guest/)
    await page.getByRole('button', { name: 'Power', exact: true }).click()
    await page.getByRole('menuitem', { name: /reset/i }).click()
    await page.getByRole('dialog').getByRole('button', { name: /reset/i }).click()
    await page
      .getByRole('button', { name: /^(cont|continue)/i })
      .first()
      .click()
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
  },
)

demoTest('the line is said to be lost, and is joined again with its text kept', async ({ page, demo }) => {
  await openDemo(page, demo)
  await chooseConsole(page, 'Serial line 1')
  await expect(rows(page)).toContainText(/tick \d+: up/)
  const old = await rows(page).innerText()
  const first = /tick \d+: up \d+ s/.exec(old)?.[0] ?? 'none'
  await page
    .getByRole('button', { name: 'Quit QEMU' })
    .first()
    .or(page.getByRole('button', { name: 'Power' }))
    .first()
    .click()
  await page.getByRole('menuitem', { name: /quit/i }).click()
  await page.getByRole('dialog').getByRole('button', { name: /quit/i }).click()
  await expect(rows(page)).toContainText(/lost .*, back /, { timeout: 90_000 })
  await expect(rows(page)).toContainText(first)
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(rows(page)).toContainText(/back [^]*tick \d+: up/, { timeout: 90_000 })
})

demoTest('read only: no byte goes out; several pasted lines ask first', async ({ page, demo }) => {
  await openDemo(page, demo)
  await chooseConsole(page, 'Serial line')
  await atPrompt(page)
  await page.getByLabel('Lock').selectOption('read only')
  await terminal(page, 'Serial line').focus()
  await page.keyboard.type('echo forbidden-$((40+2))\n')
  await expect(page.getByText('lab1 is locked: read only. Nothing was sent.')).toBeVisible()
  await page.getByLabel('Lock').selectOption('ask')
  await terminal(page, 'Serial line').focus()
  await page.keyboard.type('echo allowed-$((40+2))\n')
  await expect(rows(page)).toContainText('allowed-42')
  await expect(rows(page)).not.toContainText('forbidden')

  await terminal(page, 'Serial line').focus()
  const paste = (text: string): Promise<void> =>
    page.evaluate((pasted) => {
      const data = new DataTransfer()
      data.setData('text/plain', pasted)
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true }),
      )
    }, text)
  await paste('echo one-$((1+1))\necho two-$((1+2))\n')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await paste('echo three-$((1+1))\necho four-$((1+3))\n')
  await page.getByRole('dialog').getByRole('button', { name: 'Run them' }).click()
  await expect(rows(page)).toContainText('four-4')
  await expect(rows(page)).not.toContainText('one-2')
})

demoTest(
  'a break, the size of the terminal, times, search, a file, and letting go',
  async ({ page, demo }) => {
    await openDemo(page, demo)
    await chooseConsole(page, 'Serial line')
    await atPrompt(page)
    await page.keyboard.type('echo needle-$((6*7))\n')
    await expect(rows(page)).toContainText('needle-42')
    await page.getByRole('button', { name: 'Line', exact: true }).click()
    const panel = page.getByRole('group', { name: 'Line', exact: true })
    await panel.getByRole('button', { name: /Type “stty rows \d+ cols \d+”/ }).click()
    await expect(rows(page)).toContainText(/stty rows \d+ cols \d+/)
    await page.getByRole('button', { name: 'Line', exact: true }).click()
    await panel.getByRole('button', { name: 'Send break' }).click()
    await expect(page.getByText('A break was sent.')).toBeVisible()
    await page.getByRole('button', { name: 'Line', exact: true }).click()
    await panel.getByLabel('times at the margin').check()
    await expect(page.locator('.margin span').first()).toHaveText(/^\d\d:\d\d:\d\d/)
    await expectAccessible(page)
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await page.getByRole('searchbox', { name: 'Search the serial line' }).fill('needle-42')
    await expect(page.getByText('Not found')).toHaveCount(0)
    await page.getByRole('searchbox', { name: 'Search the serial line' }).fill('no such text')
    await expect(page.getByText('Not found')).toBeVisible()
    await page.keyboard.press('Escape')

    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const file = await (await saved).path()
    expect(readFileSync(file, 'utf8')).toContain('needle-42')

    await page.getByRole('button', { name: 'Channels of lab1' }).click()
    const channels = page.getByRole('group', { name: 'Channels of lab1' })
    const line = channels.getByRole('listitem').filter({ has: page.getByText('serial', { exact: true }) })
    await expect(line).toContainText('ready')
    await line.getByRole('button', { name: 'Disconnect' }).click()
    await expect(line).toContainText('ended')
    await expectAccessible(page)
    await line.getByRole('button', { name: 'Connect' }).click()
    await expect(line).toContainText('ready')
  },
)

demoTest(
  'the monitor’s own socket is a terminal; with the lock at ask it asks once',
  async ({ page, demo }) => {
    await openDemo(page, demo)
    await chooseConsole(page, 'Human monitor socket')
    await expect(rows(page)).toContainText(/QEMU .* monitor/)
    await terminal(page, 'Human monitor').focus()
    await page.keyboard.type('i')
    await page.getByRole('dialog').getByRole('button', { name: 'Type here' }).click()
    await page.keyboard.type('info statu')
    await page.keyboard.press('Tab')
    await expect(rows(page)).toContainText('info status')
    await page.keyboard.press('Enter')
    await expect(rows(page)).toContainText('VM status: running')
  },
)

test('another client has the line: that is said', async ({ page, lab }) => {
  const socket = join(lab.sockets, 'lab1.serial')
  const qemu = await startQemu(lab.sockets, 'lab1', {
    args: ['-chardev', `socket,id=line,path=${socket},server=on,wait=off`, '-serial', 'chardev:line'],
  })
  const other = createConnection(socket)
  await new Promise((done) => other.once('connect', done))
  await page.goto(`${lab.url}#/machine/lab1/console?console=serial`)
  // Said at the line; a row of the timeline says it too.
  const said = page.getByText(/^Serial line: another client has it/)
  await expect(said).toBeVisible()
  await expectAccessible(page)
  // The line is silent. Once the other one is gone it is this page's all the same, and a key goes to the guest alone.
  other.destroy()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(said).toHaveCount(0)
  await expect(page.getByText(/^Connected, and nothing was heard yet/)).toHaveCount(0)
  await qemu.kill()
})

test('without a monitor nobody can tell who has a silent line: that is said, and no wrong state', async ({
  page,
  lab,
}) => {
  const server = createServer()
  await new Promise<void>((done) => server.listen(join(lab.sockets, 'lab1.serial'), () => done()))
  const clients: Socket[] = []
  server.on('connection', (client) => clients.push(client))
  await page.goto(`${lab.url}#/machine/lab1/console?console=serial`)
  const said = page.getByText(/^Connected, and nothing was heard yet. If another program holds the line/)
  await expect(said).toBeVisible()
  await expectAccessible(page)
  await expect.poll(() => clients.length).toBe(1)
  clients[0]?.write('login: ')
  await expect(said).toHaveCount(0)
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  for (const client of clients) client.destroy()
  server.close()
})

test('hostile output: no title, no link, no clipboard, and no answer that is typed back; Latin-1', async ({
  page,
  lab,
}) => {
  await page.addInitScript(() => {
    const copied: string[] = []
    Object.assign(window, { copied })
    navigator.clipboard.writeText = (text) => {
      copied.push(text)
      return Promise.resolve()
    }
  })
  const typed: Buffer[] = []
  let guest: Socket | undefined
  await startFakeServer(join(lab.sockets, 'lab1.serial'), (socket) => {
    guest = socket
    socket.on('data', (data) => typed.push(data))
  })
  await page.goto(`${lab.url}#/machine/lab1/console?console=serial`)
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  const title = await page.title()
  const esc = '\x1b'
  guest?.write(
    [
      ...[`${esc}]0;owned\x07`, `${esc}]2;owned${esc}\\`, `${esc}]52;c;b3duZWQ=\x07`, `${esc}]52;c;?\x07`],
      `${esc}]8;;https://example.org/\x07a link${esc}]8;;\x07 <img src=x onerror=alert(1)>`,
      // Who are you, where is the cursor, which colours, modes and settings are there: a terminal would type the answers.
      ...[`${esc}[c`, `${esc}[>c`, `${esc}[=c`, `${esc}[5n`, `${esc}[6n`, `${esc}[?6n`, `${esc}[?2026$p`],
      ...[`${esc}P$qm${esc}\\`, `${esc}P+q544e${esc}\\`, `${esc}[18t`, `${esc}[21t`, `${esc}[>q`, '\x05'],
      ...[`${esc}]10;?\x07`, `${esc}]11;?\x07`, `${esc}]4;1;?\x07`, '\r\nthe end of it\r\n'],
    ].join(''),
  )
  await expect(rows(page)).toContainText('the end of it')
  await expect(rows(page)).toContainText('a link <img src=x onerror=alert(1)>')
  await expect(page.getByRole('tabpanel').getByRole('link')).toHaveCount(0)
  await expect(rows(page).locator('img')).toHaveCount(0)
  expect(await page.title()).toBe(title)

  await page.getByRole('button', { name: 'Line', exact: true }).click()
  await page
    .getByRole('group', { name: 'Line', exact: true })
    .getByLabel('Characters')
    .selectOption('Latin-1')
  await page.keyboard.press('Escape')
  guest?.write(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0d, 0x0a]))
  await expect(rows(page)).toContainText('café')

  // The first byte that arrives is the one that a person types: nothing went before it.
  await terminal(page, 'Serial line').focus()
  await page.keyboard.type('x')
  await expect.poll(() => Buffer.concat(typed).toString('latin1')).toBe('x')
  expect(await page.evaluate(() => (window as unknown as { copied: string[] }).copied)).toEqual([])
})
