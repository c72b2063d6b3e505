/** The wrong way round: each with the sentence that a person sees. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { freePort, startFakeServer, startGuestAgent, startQemu, startStorageDaemon } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, test, setDeadline } from './lab.ts'

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n'

/** Give an address by hand, as a person does. */
async function connect(page: Page, url: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Machines' }).getByRole('button', { name: '+ Add' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog.getByLabel('Address of the bridge').fill(url)
  await dialog.getByRole('button', { name: 'Connect' }).click()
}

test('what is no address', async ({ page, lab }) => {
  await page.goto(lab.url)
  await connect(page, 'lab1')
  await expect(page.getByText(/That is no address: write it like ws/).first()).toBeVisible()
  await page.getByRole('dialog').getByLabel('Address of the bridge').fill('http://127.0.0.1/')
  await page.getByRole('dialog').getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByText(/begins with http:\/\/ and a bridge is reached by ws/).first()).toBeVisible()
})

test('a wrong port', async ({ page, lab }) => {
  await page.goto(lab.url)
  const port = await freePort()
  await connect(page, `ws://127.0.0.1:${port}/?token=vm.qmp`)
  await expect(
    page.getByText(/Nothing listens on that port, or what listens is not websockify/),
  ).toBeVisible()
  await expect(page.getByText(/Trying again/)).toBeVisible()
  await expectAccessible(page)
})

test('a web server instead of a bridge', async ({ page, lab }) => {
  const server = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  await page.goto(lab.url)
  await connect(page, `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await expect(page.getByText(/a web server, for example/)).toBeVisible()
  server.close()
})

test('an unknown token', async ({ page, lab }) => {
  await page.goto(lab.url)
  await connect(page, lab.channel('nobody.qmp'))
  await expect(page.getByText('the bridge knows no machine “nobody.qmp” now')).toBeVisible()
})

test('a busy monitor says so, and is connected when it becomes free', async ({ page, lab, browser }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  const other = await browser.newPage()
  await other.goto(lab.address())
  await expect(other.getByLabel('Chosen machine')).toContainText('running')
  await page.goto(lab.url)
  await expect(page.getByText(/Occupied: another client holds this monitor/)).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('occupied')
  await expectAccessible(page)
  await other.close()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await qemu.kill()
})

test('a VNC socket', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: ['-vnc', `unix:${join(lab.sockets, 'vm.vnc')}`] })
  await page.goto(lab.url)
  await connect(page, lab.channel('vm.vnc'))
  await expect(page.getByText(/does not speak QMP. It said: RFB 003.008.*This is a VNC server/)).toBeVisible()
  await qemu.kill()
})

test('an HTTP server behind the bridge', async ({ page, lab }) => {
  const fake = await startFakeServer(join(lab.sockets, 'web.qmp'), (socket) => {
    socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')
  })
  await page.goto(lab.url)
  await expect(
    page.getByText(/does not speak QMP. It said: HTTP\/1.1 408.*This is an HTTP server/),
  ).toBeVisible()
  await fake.stop()
})

test('a greeting that is not JSON', async ({ page, lab }) => {
  const fake = await startFakeServer(join(lab.sockets, 'odd.qmp'), (socket) => {
    socket.write('Welcome! <img src=x onerror=alert(1)>\r\n')
  })
  await page.goto(lab.url)
  await expect(page.getByText('It said: Welcome! <img src=x onerror=alert(1)>')).toBeVisible()
  await expect(page.locator('img')).toHaveCount(0)
  await fake.stop()
})

test('a reply that never comes ends at its deadline; a late one is recorded', async ({ page, lab }) => {
  const fake = await startFakeServer(join(lab.sockets, 'mute.qmp'), (socket) => {
    socket.write(greeting)
    socket.on('data', (data) => {
      for (const line of data
        .toString()
        .split('\r\n')
        .filter((each) => each !== '')) {
        const { id, execute } = JSON.parse(line) as { id: number; execute: string }
        const reply = (): boolean => socket.write(`{"return": {}, "id": ${id}}\r\n`)
        if (execute === 'query-tpm-models') setTimeout(reply, 2500)
        else if (execute === 'query-qmp-schema')
          socket.write(
            `{"return": [{"name": "query-tpm-models", "meta-type": "command", "arg-type": "0", "ret-type": "0"}, {"name": "0", "meta-type": "object", "members": []}], "id": ${id}}\r\n`,
          )
        else reply()
      }
    })
  })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-tpm-models')
  await setDeadline(page, '1')
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('article', { name: 'Result of query-tpm-models' })).toContainText(
    'no reply within 1 s',
  )
  await goTo(page, 'Timeline')
  await expect(
    page.getByRole('option', { name: /outcome query-tpm-models.*no reply within its deadline/ }),
  ).toBeVisible()
  await expect(page.getByRole('option', { name: /reply query-tpm-models.*after its deadline/ })).toBeVisible()
  await fake.stop()
})

test('a 100 MB line without a line end is an error that names the limit, and the page lives', async ({
  page,
  lab,
}) => {
  const fake = await startFakeServer(join(lab.sockets, 'big.qmp'), (socket) => {
    socket.write(greeting)
    let sent = false
    socket.on('data', (data) => {
      const first = data.toString().split('\r\n')[0] ?? '{}'
      const { id } = JSON.parse(first) as { id: number }
      socket.write(`{"return": {}, "id": ${id}}\r\n`)
      if (sent) return
      sent = true
      const chunk = 'x'.repeat(1024 * 1024)
      socket.write('{"return": "')
      for (let n = 0; n < 100; n += 1) socket.write(chunk)
      socket.write('"}\r\n{"event": "AFTER_THE_BIG_ONE", "timestamp": {"seconds": 1, "microseconds": 1}}\r\n')
    })
  })
  await page.goto(lab.url)
  await goTo(page, 'Timeline')
  await expect(page.getByRole('option', { name: /problem too-large.*limit of 67108864 bytes/ })).toBeVisible({
    timeout: 120_000,
  })
  await expect(page.getByRole('option', { name: /event AFTER_THE_BIG_ONE/ })).toBeVisible({
    timeout: 120_000,
  })
  await fake.stop()
})

test('the storage daemon works as far as it goes', async ({ page, lab }) => {
  const daemon = await startStorageDaemon(lab.sockets, 'store')
  await page.goto(lab.url)
  await expect(page.getByText('this server runs no guest')).toBeVisible()
  await goTo(page, 'Schema')
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await goTo(page, 'Console')
  await page.getByRole('textbox', { name: /Human monitor of store/ }).focus()
  await page.keyboard.type('info block')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows')).toContainText('This server has no human monitor.')
  await daemon.kill()
})

test('a guest agent alone', async ({ page, lab }) => {
  const agent = await startGuestAgent(lab.sockets, 'guest')
  await page.goto(lab.url)
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByRole('link', { name: /^guest/ })
    .click()
  await chooseCommand(page, 'guest-ping')
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('article', { name: 'Result of guest-ping' })).toContainText('returned')
  await agent.kill()
})

test('an agent’s socket opened as a monitor is opened as an agent, and the other way round', async ({
  page,
  lab,
}) => {
  // Under names that the lab does not take for these: what it lists as an agent it opens as one.
  const agent = await startGuestAgent(lab.sockets, 'guest', 'serial')
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: ['-qmp', `unix:${join(lab.sockets, 'vm.serial')},server=on,wait=off`],
  })
  const chosen = page.getByLabel('Chosen machine')
  // Not at a machine: its console would take the line, which serves one client.
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64.json/schema`)
  await connect(page, lab.channel('guest.serial'))
  await expect(chosen).toContainText('guest.serial')
  await expect(page.getByText(/Or this socket is no QMP monitor/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open it as a guest agent' }).click()
  await expect(chosen).toContainText('ready')
  await chooseCommand(page, 'guest-ping')
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('article', { name: 'Result of guest-ping' })).toContainText('returned')

  await page.getByRole('navigation', { name: 'Machines' }).getByRole('button', { name: '+ Add' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog.getByLabel('Address of the bridge').fill(lab.channel('vm.serial'))
  await dialog.getByLabel('It speaks').selectOption('QMP of a guest agent')
  await dialog.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByText(/is a QMP monitor, and was opened as a guest agent/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open it as a QMP monitor' }).click()
  await expect(chosen).toContainText('running')
  // It stays what it was found to be.
  await page.reload()
  await expect(chosen).toContainText('running')
  await expect(page.getByText(/was opened as a guest agent/)).toHaveCount(0)
  await agent.kill()
  await qemu.kill()
})
