/** History and collections on a real QEMU: what survives, what is left out, what goes into a file and comes back. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, send, test } from './lab.ts'

async function openPanel(page: Page, tab: 'History' | 'Collections' = 'History'): Promise<Locator> {
  const button = page.getByRole('button', { name: 'History', exact: true })
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click()
  const panel = page.getByRole('region', { name: 'History' })
  await panel.getByRole('tab', { name: tab }).click()
  return panel
}

async function openCommands(page: Page, lab: TestLab): Promise<void> {
  await page.goto(`${lab.url}#/machine/vm/command`)
  await expect(page.getByRole('searchbox', { name: 'Search commands' })).toBeVisible()
}

/** Everything that the browser keeps for the page, as text. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const open = indexedDB.open('qmp-studio')
      open.onsuccess = () => resolve(open.result)
      open.onerror = () => reject(new Error(String(open.error)))
    })
    const names = [...database.objectStoreNames]
    const all = await Promise.all(
      names.map(
        (name) =>
          new Promise<unknown>((resolve, reject) => {
            const got = database.transaction(name).objectStore(name).getAll()
            got.onsuccess = () => resolve(got.result)
            got.onerror = () => reject(new Error(String(got.error)))
          }),
      ),
    )
    database.close()
    return JSON.stringify([
      names,
      all,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      location.href,
    ])
  })
}

function entries(panel: Locator): Locator {
  return panel.getByRole('listbox', { name: 'Commands that were sent' }).getByRole('option')
}

async function importFile(panel: Locator, name: string, text: string): Promise<void> {
  await panel
    .getByLabel('Import')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
}

test('the history survives a reload, is searched, run again, opened and forgotten', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openCommands(page, lab)
  await chooseCommand(page, 'query-status')
  await send(page, 'query-status')
  await chooseCommand(page, 'qom-get')
  await page.getByRole('combobox', { name: 'path' }).fill('/machine')
  await page.getByRole('combobox', { name: 'property' }).fill('no-such-thing')
  await expect(await send(page, 'qom-get')).toContainText('failed')
  const panel = await openPanel(page)
  await expect(entries(panel)).toHaveCount(2)
  await expectAccessible(page)

  await page.reload()
  await openPanel(page)
  await expect(entries(panel).first()).toContainText('qom-get')
  await expect(entries(panel).first()).toContainText('failed')
  await panel.getByRole('searchbox', { name: 'Search the history' }).fill('NO-SUCH get')
  await expect(entries(panel)).toHaveCount(1)
  await expect(panel.getByText('1 of 2')).toBeVisible()

  // By keyboard: to the entry, and open it.
  await panel.getByRole('listbox', { name: 'Commands that were sent' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const chosen = panel.getByRole('region', { name: 'Chosen entry' })
  await expect(chosen).toContainText('"property": "no-such-thing"')
  await chosen.getByRole('button', { name: 'Open in the form' }).click()
  await expect(page.getByRole('combobox', { name: 'property' })).toHaveValue('no-such-thing')
  await expectAccessible(page)

  await panel.getByRole('searchbox', { name: 'Search the history' }).fill('')
  await entries(panel).last().click()
  await chosen.getByRole('button', { name: 'Run again' }).click()
  await expect(panel.getByText('query-status: returned')).toBeVisible()
  await expect(entries(panel)).toHaveCount(3)
  await chosen.getByRole('button', { name: 'Delete' }).click()
  await expect(entries(panel)).toHaveCount(2)

  await panel.getByRole('button', { name: 'Clear…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click()
  await expect(panel.getByText('Nothing was sent to vm yet')).toBeVisible()
  await page.reload()
  await openPanel(page)
  await expect(panel.getByText('Nothing was sent to vm yet')).toBeVisible()
  await qemu.kill()
})

test('secrets stay out of the history and of everything that the browser keeps', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openCommands(page, lab)
  const panel = await openPanel(page)
  await chooseCommand(page, 'object-add')
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await page
    .getByRole('textbox', { name: 'Arguments as JSON' })
    .fill('{"qom-type": "secret", "id": "s0", "data": "hunter2"}')
  await expect(await send(page, 'object-add')).toContainText('returned')
  await expect(entries(panel)).toHaveCount(1)
  await entries(panel).first().click()
  const chosen = panel.getByRole('region', { name: 'Chosen entry' })
  await expect(chosen).toContainText('«secret left out»')
  await expect(chosen.getByRole('button', { name: 'Run again' })).toBeDisabled()
  await expect.poll(() => kept(page)).toContain('object-add')
  expect(await kept(page)).not.toContain('hunter2')
  await expect(panel).not.toContainText('hunter2')

  // In the form it is missing, to be filled in.
  await chosen.getByRole('button', { name: 'Open in the form' }).click()
  await expect(
    page.getByText('{"execute":"object-add","arguments":{"qom-type":"secret","id":"s0"}}'),
  ).toBeVisible()

  // Kept when it is asked for, in this visit.
  await panel.getByRole('checkbox', { name: /Keep secrets too/ }).check()
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await page
    .getByRole('textbox', { name: 'Arguments as JSON' })
    .fill('{"qom-type": "secret", "id": "s1", "data": "hunter3"}')
  await send(page, 'object-add')
  await expect(entries(panel)).toHaveCount(2)
  await expect.poll(() => kept(page)).toContain('hunter3')
  await page.reload()
  await openPanel(page)
  await expect(panel.getByRole('checkbox', { name: /Keep secrets too/ })).not.toBeChecked()
  await qemu.kill()
})

test('a collection with a parameter: pinned, exported, imported into an empty browser, run', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openCommands(page, lab)
  await chooseCommand(page, 'query-named-block-nodes')
  await send(page, 'query-named-block-nodes')
  const panel = await openPanel(page)
  await entries(panel).first().click()
  await panel.getByRole('button', { name: 'Pin…' }).click()
  const pin = page.getByRole('dialog', { name: 'Pin query-named-block-nodes' })
  await pin.getByLabel('Name of the collection').fill('A null node')
  await expectAccessible(page)
  await pin.getByRole('button', { name: 'Pin', exact: true }).click()

  await openPanel(page, 'Collections')
  await panel.getByRole('button', { name: /A null node/ }).click()
  await panel.getByRole('button', { name: 'Add a command…' }).click()
  const edit = page.getByRole('dialog', { name: 'Add a command' })
  await edit.getByLabel('Command').fill('blockdev-add')
  await edit.getByLabel(/Arguments as JSON/).fill('{"driver": ')
  await expect(edit.getByText(/Line 1, column/)).toBeVisible()
  await edit
    .getByLabel(/Arguments as JSON/)
    .fill('{"driver": "null-co", "node-name": "${node}", "size": "${size:int}", "read-zeroes": true}')
  await expectAccessible(page)
  await edit.getByRole('button', { name: 'Save' }).click()
  await panel.getByRole('button', { name: 'Move blockdev-add up' }).click()
  const commands = panel.getByRole('list', { name: 'Commands of A null node' }).getByRole('listitem')
  await expect(commands.first()).toContainText('blockdev-add')
  await panel.getByText('Name, note and parameters').click()
  await panel.getByRole('group', { name: 'size' }).getByLabel('Default').fill('4G')
  await panel.getByRole('group', { name: 'size' }).getByLabel('Default').press('Tab')
  await expect(panel.getByText('Not yet: needs a value for node.')).toBeVisible()
  await expectAccessible(page)

  const downloading = page.waitForEvent('download')
  await panel.getByRole('button', { name: 'Export' }).click()
  const file = await downloading
  expect(file.suggestedFilename()).toBe('A-null-node.qmp.json')
  const text = readFileSync(await file.path(), 'utf8')
  expect(text).toContain('        "node-name": "${node}",\n')
  expect(text).toContain('    { "name": "size", "default": "4G" }\n')

  // Nothing of it is left in the browser.
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const gone = indexedDB.deleteDatabase('qmp-studio')
        gone.onsuccess = () => resolve()
        gone.onerror = () => reject(new Error(String(gone.error)))
      }),
  )
  await page.reload()
  await openPanel(page)
  await expect(panel.getByText('Nothing was sent to vm yet')).toBeVisible()
  await openPanel(page, 'Collections')
  await expect(panel.getByText('No collection yet')).toBeVisible()

  await importFile(panel, 'other.json', '{\n  "format": "qmp-studio collection",\n  "version": 7\n}')
  await expect(panel.getByRole('alert')).toContainText('Line 3, column 3')
  await importFile(panel, 'other.json', '[{"name": "query-status"}]')
  await expect(panel.getByRole('alert')).toContainText('This is JSON, but no collection')
  await importFile(panel, 'node.json', text)
  await panel.getByRole('textbox', { name: /^node/ }).fill('from-a-file')
  await panel.getByRole('button', { name: 'Run on vm' }).click()
  await expect(commands.first().getByRole('status')).toContainText('returned')
  await expect(commands.last().getByRole('status')).toContainText('returned')
  await expect(panel.getByText('All were sent to vm.')).toBeVisible()

  // The second time the node is there already: it stops at the failure.
  await panel.getByRole('button', { name: 'Run on vm' }).click()
  await expect(commands.first().getByRole('status')).toContainText(/Duplicate nodes/)
  await expect(commands.last().getByRole('status')).toHaveText('left out')
  await expectAccessible(page)
  await panel.getByRole('checkbox', { name: 'go on after a failure' }).check()
  await panel.getByRole('button', { name: 'Run on vm' }).click()
  await expect(commands.last().getByRole('status')).toContainText('returned')
  await expect(commands.first().getByRole('status')).toContainText(/Duplicate nodes/)

  // QEMU really has it, of the size that was written as 4G.
  await openPanel(page, 'History')
  await expect(entries(panel)).toHaveCount(5)
  await chooseCommand(page, 'query-named-block-nodes')
  const result = await send(page, 'query-named-block-nodes')
  await result.getByRole('button', { name: 'Raw' }).click()
  await expect(result).toContainText('"from-a-file"')
  await expect(result).toContainText('4294967296')

  // What is deleted comes back.
  await openPanel(page, 'Collections')
  await panel.getByRole('button', { name: /A null node/ }).click()
  await panel.getByRole('button', { name: 'Delete the collection' }).click()
  await expect(panel.getByText('No collection yet')).toBeVisible()
  await panel.getByRole('button', { name: 'Undo' }).click()
  await expect(panel.getByRole('heading', { name: 'A null node' })).toBeVisible()
  // It is on screen before it is written.
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const opening = indexedDB.open('qmp-studio')
            opening.onsuccess = () => {
              const database = opening.result
              const counting = database.transaction('collections').objectStore('collections').count()
              counting.onsuccess = () => {
                database.close()
                resolve(counting.result)
              }
            }
          }),
      ),
    )
    .toBe(1)
  await page.reload()
  await openPanel(page, 'Collections')
  await expect(panel.getByRole('button', { name: /A null node/ })).toBeVisible()
  await qemu.kill()
})

test('a starter is added, says what it needs, and runs', async ({ page, lab }) => {
  const target = join(lab.sockets, 'overlay.img')
  const image = join(lab.sockets, 'disk.img')
  writeFileSync(image, Buffer.alloc(1024 * 1024))
  await startQemu(lab.sockets, 'vm', {
    args: [
      '-blockdev',
      `driver=file,node-name=disk0,filename=${image}`,
      '-device',
      'virtio-blk-pci,drive=disk0',
    ],
  })
  await openCommands(page, lab)
  const panel = await openPanel(page, 'Collections')
  await panel.getByRole('button', { name: 'Add the starter Snapshot of a disk' }).click()
  await expect(panel.getByText(/^Not yet: needs a value for /)).toBeVisible()
  await panel.getByRole('combobox', { name: 'node' }).fill('disk0')
  await panel.getByRole('textbox', { name: /^file/ }).fill(target)
  await expectAccessible(page)
  await panel.getByRole('button', { name: 'Run on vm' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run blockdev-snapshot-sync' }).click()
  await expect(panel.getByText('All were sent to vm.')).toBeVisible()
  expect(existsSync(target)).toBe(true)
})

test('a collection is checked against other versions, with a secret left out of its file', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openCommands(page, lab)
  const panel = await openPanel(page, 'Collections')
  const collection = {
    format: 'qmp-studio collection',
    version: 1,
    name: '<b>old habits</b>',
    commands: [
      { execute: 'query-cpus' },
      { execute: 'query-block' },
      { execute: 'block-job-pause', arguments: { device: 'job0' } },
      { execute: 'blockdev-add', arguments: { driver: 'null-co', 'node-name': '${node}', sise: 5 } },
      { execute: 'set_password', arguments: { protocol: 'vnc', password: 'hunter2' } },
    ],
  }
  await importFile(panel, 'old.json', JSON.stringify(collection))
  await expect(panel.getByRole('heading', { name: '<b>old habits</b>' })).toBeVisible()
  await expect(panel.getByText('secret left out', { exact: true })).toBeVisible()
  await expect(panel.getByText('Imported “<b>old habits</b>”. A secret was left out.')).toBeVisible()
  expect(await kept(page)).not.toContain('hunter2')
  await expect(panel.getByRole('listitem').filter({ hasText: 'query-cpus' })).toContainText('breaks here')

  await panel.getByRole('button', { name: 'Check…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Check/ })
  const row = (name: string): Locator => dialog.getByRole('row').filter({ hasText: name })
  await dialog.getByLabel('Against').selectOption('QEMU 5.2 x86_64')
  await expect(dialog.getByText('1 of 5 would break on QEMU 5.2 x86_64')).toBeVisible()
  await expect(row('query-cpus')).toContainText('deprecated')
  await expect(row('blockdev-add')).toContainText('sise is unexpected; did you mean size?')
  await dialog.getByLabel('Against').selectOption('QEMU 11.1 x86_64')
  await expect(dialog.getByText('2 of 5 would break on QEMU 11.1 x86_64')).toBeVisible()
  await expect(row('query-cpus')).toContainText('breaks')
  await expect(row('query-cpus')).toContainText('it may be query-cpus-fast now')
  await expect(row('block-job-pause')).toContainText('use job-pause')
  await expectAccessible(page)
  await dialog.getByLabel('Against').selectOption('vm')
  await expect(dialog.getByText('2 of 5 would break on vm')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await qemu.kill()
})

test('files are taken into a collection that is there, without what it has already', async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64/command/stop`)
  const panel = await openPanel(page, 'Collections')
  await importFile(panel, 'one.json', '{"execute": "query-status", "id": 1}')
  const commands = panel.getByRole('list', { name: 'Commands of query-status' }).getByRole('listitem')
  await expect(commands).toHaveCount(1)
  await panel.getByRole('button', { name: 'All collections' }).click()
  await panel.getByLabel('into').selectOption('query-status')
  const file = {
    format: 'qmp-studio collection',
    version: 1,
    name: 'others',
    commands: [{ execute: 'query-status' }, { execute: 'query-name' }],
  }
  await importFile(panel, 'two.json', JSON.stringify(file))
  await expect(commands).toHaveCount(2)
  await commands.first().getByRole('button', { name: 'Delete' }).click()
  await expect(commands).toHaveCount(1)
  await panel.getByRole('button', { name: 'Undo' }).click()
  await expect(commands).toHaveCount(2)
})

test('tabs have the same collections, also without a machine', async ({ page, lab }) => {
  const address = `${lab.url}#/recorded/qemu-7.2-x86_64/command/stop`
  await page.goto(address)
  const panel = await openPanel(page)
  await expect(panel.getByText('There is no machine here')).toBeVisible()
  await openPanel(page, 'Collections')
  await expect(panel.getByText('No collection yet')).toBeVisible()
  const other = await page.context().newPage()
  await other.goto(address)
  const otherPanel = await openPanel(other, 'Collections')
  await otherPanel.getByLabel('New collection').fill('From over there')
  await otherPanel.getByRole('button', { name: 'Make it' }).click()
  await panel.getByRole('button', { name: /From over there/ }).click()
  await expect(panel.getByText('There is no machine here.')).toBeVisible()
  await expectAccessible(page)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`narrow, ${colorScheme}: whole and accessible`, async ({ page, lab }) => {
    const qemu = await startQemu(lab.sockets, 'vm')
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 320, height: 800 })
    await page.goto(`${lab.url}#/machine/vm/command/query-status`)
    await send(page, 'query-status')
    const panel = await openPanel(page)
    await entries(panel).first().click()
    await expectAccessible(page)
    await openPanel(page, 'Collections')
    await panel.getByLabel('New collection').fill('Mine')
    await panel.getByRole('button', { name: 'Make it' }).click()
    await expect(panel.getByRole('heading', { name: 'Mine' })).toBeVisible()
    await expectAccessible(page)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await qemu.kill()
  })
}

for (const [what, words] of [
  ['none', /This browser keeps nothing for this page/],
  ['full', /The browser's storage for this page is full/],
] as const) {
  test(`a database that is ${what}: it goes on, and says so`, async ({ page, lab }) => {
    const qemu = await startQemu(lab.sockets, 'vm')
    await page.addInitScript((kind) => {
      const fail = (): never => {
        throw new DOMException('no', kind === 'none' ? 'SecurityError' : 'QuotaExceededError')
      }
      if (kind === 'none') IDBFactory.prototype.open = fail
      else {
        IDBObjectStore.prototype.add = fail
        IDBObjectStore.prototype.put = fail
      }
    }, what)
    await openCommands(page, lab)
    await chooseCommand(page, 'query-status')
    await send(page, 'query-status')
    const panel = await openPanel(page)
    await expect(entries(panel)).toHaveCount(1)
    await expect(panel.getByText(words)).toBeVisible()
    await openPanel(page, 'Collections')
    await panel.getByLabel('New collection').fill('Mine')
    await panel.getByRole('button', { name: 'Make it' }).click()
    await expect(panel.getByRole('heading', { name: 'Mine' })).toBeVisible()
    await expect(panel.getByText(words)).toBeVisible()
    await qemu.kill()
  })
}

test('what a console sends is in the history, as from the console and without secrets', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/console`)
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  for (const line of ['query-name', '{"execute": "query-kvm"}']) {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }
  await page.getByRole('tab', { name: /^Human monitor/ }).click()
  await page.getByRole('textbox', { name: /Human monitor of vm/ }).focus()
  await page.keyboard.type('info name')
  await page.keyboard.press('Enter')
  await page.keyboard.type('set_password vnc hunter2')
  await page.keyboard.press('Enter')
  const ask = page.getByRole('dialog').getByRole('button', { name: /^Run/ })
  await ask.click()
  await goTo(page, 'Command')
  const panel = await openPanel(page)
  await expect(entries(panel)).toHaveCount(4)
  await expect(entries(panel).filter({ hasText: 'query-name' })).toContainText('console')
  await expect(entries(panel).filter({ hasText: 'query-kvm' })).toContainText('returned')
  await entries(panel).filter({ hasText: 'info name' }).click()
  await expect(panel.getByRole('region', { name: 'Chosen entry' })).toContainText('from the console')
  await panel.getByRole('searchbox', { name: 'Search the history' }).fill('console kvm')
  await expect(entries(panel)).toHaveCount(1)
  await expectAccessible(page)
  expect(await kept(page)).not.toContain('hunter2')
  await qemu.kill()
})

test('a command of a collection is edited in the form and saved to its place', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openCommands(page, lab)
  const panel = await openPanel(page, 'Collections')
  await importFile(
    panel,
    'two.json',
    JSON.stringify({
      format: 'qmp-studio collection',
      version: 1,
      name: 'Two nodes',
      commands: [
        { execute: 'query-name' },
        {
          execute: 'blockdev-add',
          title: 'the node',
          arguments: { driver: 'null-co', 'node-name': '${node}', size: '${size:int}' },
        },
      ],
    }),
  )
  const place = page.getByRole('region', { name: 'Command of a collection' })
  const commands = panel.getByRole('list', { name: 'Commands of Two nodes' }).getByRole('listitem')
  await commands.nth(1).getByRole('button', { name: 'Edit in the form' }).click()
  await expect(place).toContainText('Command 2 of the collection “Two nodes”: the node')
  const form = page.getByRole('form', { name: 'Arguments of blockdev-add' })
  // A parameter is no mistake, and is not sent.
  await expect(form.getByText('A parameter: it is given a value when the collection is run.')).toBeVisible()
  await expect(page.getByText(/expected an integer/)).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Send/ })).toBeDisabled()
  const save = place.getByRole('button', { name: 'Save to the collection' })
  await expect(save).toBeDisabled()
  await form.getByLabel('node-name', { exact: true }).fill('${node}-a')
  // It is still known after a reload.
  await expect(page).toHaveURL(/saved=/)
  await expect(page).toHaveURL(/node%7D-a|node}-a/)
  await page.reload()
  await expect(form.getByLabel('node-name', { exact: true })).toHaveValue('${node}-a')
  await save.click()
  await expect(place.getByText('Saved.')).toBeVisible()
  await expectAccessible(page)
  await openPanel(page, 'Collections')
  await panel.getByRole('button', { name: /Two nodes/ }).click()
  await expect(commands.nth(1)).toContainText('"node-name":"${node}-a"')
  await expect(commands.nth(1)).toContainText('"size":"${size:int}"')
  await expect(commands.nth(1)).toContainText('the node')
  await expect(commands.nth(0)).toContainText('query-name')
  await panel.getByRole('button', { name: 'Undo' }).click()
  await expect(commands.nth(1)).toContainText('"node-name":"${node}"')
  await place.getByRole('button', { name: 'Done' }).click()
  await expect(place).toHaveCount(0)
  // A parameter means nothing to the machine.
  await expect(form.getByLabel('driver', { exact: true })).toHaveValue('null-co')
  await expect(form.getByLabel('node-name', { exact: true })).toHaveCount(0)
  await expect(page).not.toHaveURL(/%24%7Bnode|\$\{node/)
  await qemu.kill()
})
