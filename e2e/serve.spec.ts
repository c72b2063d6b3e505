/** The page as it is served in other ways than at a port of loopback: encrypted, and through a unix socket as by ssh -L. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressOf } from '../lab/bridge/bridge.ts'
import { newKey } from '../lab/bridge/key.ts'
import { readOptions } from '../lab/options.ts'
import { root } from '../lab/paths.ts'
import { placeOf, publishOpened } from '../lab/serve/opened-file.ts'
import { startLab } from '../lab/start.ts'
import type { Lab } from '../lab/start.ts'
import { freePort, makeCertificate, startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, send, test } from './lab.ts'

test.use({ ignoreHTTPSErrors: true })

/** A folder with a machine `vm`, and a lab of it with these arguments. */
async function serve(
  folder: string,
  args: readonly string[],
): Promise<{ lab: Lab; key: string; end: () => Promise<void> }> {
  const qemu = await startQemu(folder, 'vm')
  const options = readOptions(['--no-demo', '--sockets', folder, ...args])
  if (!options.ok) throw new Error(options.error)
  const key = newKey()
  const lab = await startLab({ options: options.value, key, say: () => undefined })
  if (!lab.ok) throw new Error(lab.error)
  return {
    lab: lab.value,
    key,
    async end() {
      await lab.value.stop()
      await qemu.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))

test('encrypted: the page speaks wss by its own address, and a command comes back', async ({ page }) => {
  const place = folder()
  const { cert, key } = makeCertificate(place)
  const args = ['--port', String(await freePort()), '--cert', cert, '--key', key]
  const { lab, end } = await serve(place, args)
  try {
    await page.goto(lab.address)
    expect(page.url()).toMatch(/^https:/)
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await expect(page.getByText(/wss:\/\/127\.0\.0\.1/).first()).toBeAttached()
    await chooseCommand(page, 'query-version')
    await expect(await send(page, 'query-version')).toContainText('returned')
  } finally {
    await end()
  }
})

test('through a unix socket at whatever port ssh makes of it', async ({ page }) => {
  const place = folder()
  const file = join(place, 'lab.sock')
  const { key, end } = await serve(place, ['--unix', file])
  // What `ssh -L PORT:FILE` does.
  const tunnel = createServer((near) => {
    const far = connect(file)
    near.pipe(far).pipe(near)
    for (const each of [near, far]) {
      each.once('error', () => each.destroy())
      each.once('close', () => [near, far].forEach((one) => one.destroy()))
    }
  })
  await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', () => resolve()))
  try {
    const { port } = tunnel.address() as AddressInfo
    await page.goto(addressOf(`http://127.0.0.1:${port}/`, key))
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await chooseCommand(page, 'query-version')
    await expect(await send(page, 'query-version')).toContainText('returned')
  } finally {
    await end()
    tunnel.close()
  }
})

test('a file that “open” has put beside the page is shown; one that is not there is said to be missing', async ({
  page,
  lab,
}) => {
  const path = join(lab.sockets, 'of a friend.json')
  copyFileSync(join(root, 'public', 'schemas', 'qemu-5.2-x86_64.json'), path)
  const file = { path, name: 'of a friend.json' }
  publishOpened(file, lab.key, lab.web)
  await page.goto(lab.address(placeOf(file, lab.key)))
  await expect(page).toHaveTitle(/of a friend/)
  await expect(page.getByRole('option', { name: 'command add-fd' })).toBeVisible()
  await expectAccessible(page)

  await page.goto(lab.address(placeOf({ path, name: 'gone.json' }, lab.key)))
  const list = page.getByRole('navigation', { name: 'Machines' })
  await expect(list.getByText('The files could not be opened: the lab that serves')).toBeVisible()
})
