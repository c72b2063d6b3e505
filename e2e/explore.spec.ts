/** The schema explorer: real names and texts, finding, graph, map, comparing, files; as a person does these things. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { root } from '../lab/paths.ts'
import { startGuestAgent, startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const recorded7 = '#/recorded/qemu-7.2-x86_64/schema'

const search = (page: Page) => page.getByRole('searchbox', { name: 'Search the schema' })
const entity = (page: Page) => page.getByRole('region', { name: 'Entity' })
const entities = (page: Page) => page.getByRole('listbox', { name: 'Entities of the schema' })

test('a real machine: types have their names, everything is described, an example opens filled in', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/schema`)
  await expect(entity(page).getByText('QEMU QMP Reference Manual', { exact: true })).toBeVisible()
  await expect(entity(page).getByText('268 of 268 commands and events are described')).toBeVisible()
  await search(page).fill('blockdev-add')
  await page.keyboard.press('Enter')
  await expect(entity(page).getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  await expect(entity(page).getByText('since 2.9', { exact: true }).first()).toBeVisible()
  const driver = entity(page).getByRole('row', { name: /^driver/ })
  await expect(driver.getByRole('link', { name: 'BlockdevDriver' })).toBeVisible()
  await expect(driver).toContainText('block driver name')
  // One variant is chosen for the whole page: one table, one skeleton, in the address.
  await entity(page).getByRole('combobox', { name: 'driver' }).selectOption('qcow2')
  const table = entity(page).getByRole('table', { name: 'Arguments when driver is qcow2' })
  await expect(table).toContainText('lazy-refcounts')
  await expect(table.getByRole('row').nth(2)).toContainText(/^file.*required/)
  await expect(page).toHaveURL(/case=qcow2/)
  await expect(entity(page).getByText(/^\{\s*"driver": "qcow2"/)).toBeVisible()
  await expectAccessible(page)
  await entity(page).getByRole('link', { name: 'Open this example' }).first().click()
  await expect(page.getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  await expect(page.getByText(/"node-name":"test1"/).first()).toBeVisible()
  await qemu.kill()
})

test('resting on a type shows it; its page says who uses it and how', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded7}/query-status`)
  const link = entity(page).getByRole('link', { name: 'StatusInfo' }).first()
  await link.hover()
  await expect(page.getByRole('tooltip')).toContainText('running')
  await expect(page.getByRole('tooltip')).toContainText('RunState')
  await link.click()
  await expect(entity(page).getByRole('heading', { name: 'StatusInfo', level: 1 })).toBeVisible()
  await entity(page).getByText('Commands and events that reach it').click()
  await expect(entity(page).getByText('return', { exact: true })).toBeVisible()
  await entity(page).getByRole('link', { name: 'List what uses it' }).click()
  await expect(page.getByText(/Uses StatusInfo/)).toBeVisible()
  await expect(entities(page).getByRole('option', { name: /query-status/ })).toBeVisible()
})

test('finding: words in texts, filters that combine and count, the query in the address', async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}${recorded7}`)
  await expect(entity(page).getByText('types have their real name')).toBeVisible()
  await search(page).fill('vmcore')
  await expect(entities(page).getByRole('option', { name: /dump-guest-memory/ })).toBeVisible()
  await search(page).fill('')
  await page.getByText('Filters', { exact: true }).click()
  await page.getByRole('button', { name: /^out-of-band 4$/ }).click()
  await expect(page.getByText('4 of 1 051, 1 047 hidden')).toBeVisible()
  await page.getByRole('button', { name: /^out-of-band/ }).click()
  await page.getByRole('button', { name: /^starts a job/ }).click()
  await page.getByLabel('New since').selectOption('5.2')
  await expect(entities(page).getByRole('option', { name: /snapshot-save/ })).toBeVisible()
  await expect(entities(page).getByRole('option', { name: /block-stream/ })).toBeHidden()
  await expectAccessible(page)
  await expect(page).toHaveURL(/flags=job.*since=5\.2/)
  await page.reload()
  await expect(entities(page).getByRole('option', { name: /snapshot-save/ })).toBeVisible()
  await page.getByRole('button', { name: 'Remove all filters' }).click()
  await expect(page.getByText('all 1 051', { exact: true })).toBeVisible()
})

test('the graph: cards by keyboard, as a tree, as files', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded7}/blockdev-add?show=graph`)
  const graph = page.getByRole('group', { name: /^Graph of blockdev-add/ })
  const card = (name: RegExp) => graph.getByRole('button', { name })
  await expect(card(/^command blockdev-add/)).toBeVisible()
  await expect(page.getByRole('status')).toContainText(/\d+ shown, .* unrelated/)
  await expectAccessible(page)
  await card(/^command blockdev-add/).focus()
  await page.keyboard.press('ArrowRight')
  await expect(card(/^object BlockdevOptions,/)).toBeFocused()
  // Many variants are one card; it opens, and the address says so.
  const variants = card(/^variants \d+ variants by driver/)
  await expect(variants).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await variants.focus()
  await page.keyboard.press('Space')
  await expect(card(/^variants \d+ variants by driver, \d+ rows, \d+ neighbours not shown$/)).toBeVisible()
  await page.keyboard.press('x')
  await expect(page).toHaveURL(/open=variants/)
  await page.getByRole('searchbox', { name: 'Find in the graph' }).fill('BlockdevOptionsQcow2')
  await page.keyboard.press('Enter')
  await expect(card(/^object BlockdevOptionsQcow2/).first()).toBeVisible()
  const [svg] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'SVG', exact: true }).click(),
  ])
  const text = readFileSync(await svg.path(), 'utf8')
  expect(svg.suggestedFilename()).toBe('blockdev-add.svg')
  expect(text).toContain('BlockdevOptionsQcow2')
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'PNG', exact: true }).click(),
  ])
  expect(
    readFileSync(await png.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  await page.getByRole('button', { name: 'As a tree' }).click()
  await page.getByText('arguments BlockdevOptions').click()
  await page.getByText('detect-zeroes? BlockdevDetectZeroesOptions').click()
  await expect(page.getByText('unmap', { exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'As a tree' }).click()
  await page.getByLabel('Steps').selectOption('12')
  await expect(page.getByRole('status')).not.toContainText('further away')
})

test('searching by intent: phrases, typing errors, by keyboard into the list and to the heading', async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}${recorded7}`)
  await search(page).fill('take a screnshot')
  const first = entities(page).getByRole('option').first()
  await expect(first).toContainText('screendump')
  await expect(first).toContainText('synonym')
  await page.getByRole('button', { name: 'take screenshot' }).click()
  await expect(search(page)).toHaveValue('take screenshot')
  await expect(search(page)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(entities(page)).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(search(page)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(entity(page).getByRole('heading', { name: 'screendump', level: 1 })).toBeFocused()
  await search(page).fill('qqzzxx')
  await expect(page.getByText(/Nothing matches “qqzzxx”/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'pause', exact: true }).click()
  await expect(first).toContainText('stop')
})

test('what belongs together, and in which versions a command is', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded7}/stop`)
  await expect(entity(page).getByText('takes it back')).toBeVisible()
  await entity(page).getByRole('link', { name: 'STOP', exact: true }).first().click()
  await expect(entity(page).getByText('may lead to it').first()).toBeVisible()
  await page.goto(`${lab.url}${recorded7}/blockdev-add?member=node-name`)
  await expect(entity(page).getByRole('row', { name: /^node-name/ })).toBeInViewport()
  const versions = entity(page).getByRole('group', { name: 'Versions' })
  await versions.getByRole('button', { name: 'in QEMU 10.0' }).click()
  await expect(entity(page).getByRole('region', { name: 'QEMU 10.0' })).toContainText(
    /breaking|notice|compatible/,
  )
  await expectAccessible(page)
  await page.goto(`${lab.url}${recorded7}/query-stats`)
  await expect(versions.getByRole('button', { name: 'not in QEMU 5.2' })).toBeVisible()
})

test('the map: a subsystem, a command, as a list', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded7}?show=map`)
  const map = page.getByRole('group', { name: /^Map of the schema/ })
  await expect(map.getByRole('link', { name: /^command blockdev-add, reaches \d+/ })).toBeVisible()
  await expectAccessible(page)
  await map.getByRole('button', { name: /^Zoom into migration/ }).press('Enter')
  await expect(map.getByRole('link', { name: /blockdev-add/ })).toBeHidden()
  await map.getByRole('link', { name: /^command migrate, / }).focus()
  await page.keyboard.press('Escape')
  await expect(map.getByRole('link', { name: /blockdev-add, / })).toBeVisible()
  const [svg] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'SVG', exact: true }).click(),
  ])
  expect(readFileSync(await svg.path(), 'utf8')).toContain('migrat')
  await page.getByRole('button', { name: 'As a list' }).click()
  await page.locator('summary', { hasText: /^jobs/ }).click()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'job-cancel' }).click()
  await expect(page).toHaveURL(/schema\/job-cancel/)
})

test('comparing two versions, and taking the result away', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-11.1-x86_64/schema?show=compare`)
  await page.getByLabel('Compare with').selectOption({ label: 'QEMU 5.2 x86_64' })
  await expect(page.getByText(/\d+ changes, \d+ of them breaking for a client/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /^breaking/ }).click()
  await page.getByLabel('Kind of change').selectOption({ value: 'command-removed' })
  await page.getByRole('searchbox', { name: 'Search the changes' }).fill('change')
  await page
    .getByRole('option', { name: /^breaking change/ })
    .first()
    .click()
  await expect(page.getByRole('region', { name: 'Chosen change' })).toContainText('command removed')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ])
  const json = JSON.parse(readFileSync(await file.path(), 'utf8')) as { changes: unknown[] }
  expect(json.changes.length).toBeGreaterThan(300)
  await page.getByRole('button', { name: 'Open in QEMU 5.2 x86_64' }).click()
  await expect(page).toHaveURL(/qemu-5\.2-x86_64\/schema\/change/)
})

test('files: a transcript opens, anything else is said in a sentence, exports are whole', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url)
  const open = page.getByRole('navigation', { name: 'Machines' })
  const choose = async (name: string, content: string | Buffer): Promise<void> => {
    await open
      .getByLabel('Files to open')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
  }
  await choose('notes.txt', 'nothing of the kind')
  await expect(open.getByRole('alert')).toContainText('Nothing in notes.txt is known.')
  await expect(open.getByRole('alert')).toContainText('Nor is it a schema')
  const schema = readFileSync(join(root, 'public', 'schemas', 'qemu-storage-daemon-7.2.json'), 'utf8')
  await choose('cut.json', schema.slice(0, 9000))
  await expect(open.getByRole('alert')).toContainText('it was cut off')
  await choose(
    'hostile.json',
    JSON.stringify([{ name: '<img src=x onerror=alert(1)>', 'meta-type': 'event', 'arg-type': '__proto__' }]),
  )
  await expect(page.getByRole('option', { name: /<img src=x/ })).toBeVisible()
  const list = JSON.parse(schema) as { return?: unknown } | unknown[]
  const reply = Array.isArray(list) ? { return: list } : list
  await choose(
    'daemon.log',
    `<- {"QMP": {}}\n-> {"execute": "query-qmp-schema"}\n<- ${JSON.stringify(reply)}\n`,
  )
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await expect(page).toHaveURL(/daemon\.log/)
  await search(page).fill('blockdev-add')
  await page.keyboard.press('Enter')
  await expect(entity(page).getByText('Creates a new block device.')).toBeVisible()
  const save = async (name: string): Promise<string> => {
    const menu = page.getByRole('group', { name: 'Export' })
    if (await menu.isHidden()) await page.getByText('Export', { exact: true }).click()
    const downloaded = page.waitForEvent('download')
    await menu.getByRole('button', { name, exact: true }).click()
    const file = await downloaded
    return readFileSync(await file.path(), 'utf8')
  }
  expect(await save('TypeScript types')).toContain('"blockdev-add": {')
  expect(JSON.parse(await save('OpenRPC (all commands)'))).toHaveProperty('openrpc', '1.3.2')
  expect(JSON.parse(await save('JSON Schema of the arguments'))).toHaveProperty('$defs')
  expect(JSON.parse(await save('Schema (JSON)'))).toHaveProperty('length')
  await expectAccessible(page)
  // A collection and a manual have no page of their own: it is said where they are.
  await choose(
    'own.json',
    '{"format": "qmp-studio collection", "version": 1, "name": "Mine", "commands": []}',
  )
  await expect(open.getByRole('status')).toContainText('“Mine”')
  await choose('ref.7', '.TH REF 7 "" "10.0.2"\n.SH RUN STATE\n.SS \\fBstop\\fP (Command)\n.sp\nStops all.\n')
  await expect(open.getByRole('status')).toContainText(/^ref\.7: a manual of .* 10\.0\.2/)
  await open.getByRole('button', { name: 'Dismiss' }).click()
  await expect(open.getByRole('status')).toHaveCount(0)
})

test('a manual that somebody drops, and one that is none', async ({ page, lab }) => {
  await page.route('**/manuals.json', (route) => route.fulfill({ status: 404, body: '' }))
  await page.goto(`${lab.url}${recorded7}`)
  await expect(entity(page).getByText(/Introspection hides the names of types/)).toBeVisible()
  const input = entity(page).getByLabel('Choose a reference')
  await input.setInputFiles({ name: 'x.txt', mimeType: 'text/plain', buffer: Buffer.from('no manual') })
  await expect(entity(page).getByRole('alert')).toContainText('This is no reference manual of QEMU')
  await input.setInputFiles({
    name: 'demo.7',
    mimeType: 'text/plain',
    buffer: Buffer.from(
      '.TH DEMO 7 "" 9.9\n.SH NAME\ndemo \\- Demo Manual\n.SH RUN STATE\n.SS \\fBstop\\fP (Command)\n.sp\nHalts it <b>all</b>.\n',
    ),
  })
  await expect(entity(page).getByText('Demo Manual', { exact: true })).toBeVisible()
  await page.goto(`${lab.url}${recorded7}/stop`)
  await expect(entity(page).getByText('Halts it <b>all</b>.')).toBeVisible()
})

test('a folder of QAPI files that somebody drops', async ({ page, lab }) => {
  await page.route('**/manuals.json', (route) => route.fulfill({ status: 404, body: '' }))
  const folder = join(lab.sockets, '..', 'qapi')
  mkdirSync(join(folder, 'machine'), { recursive: true })
  writeFileSync(join(folder, 'qapi-schema.json'), "{ 'include': 'machine/run-state.json' }\n")
  writeFileSync(
    join(folder, 'machine', 'run-state.json'),
    "##\n# = Run state\n##\n\n##\n# @stop:\n#\n# Halts what runs, as a folder says.\n#\n# Since: 0.14\n##\n{ 'command': 'stop' }\n",
  )
  writeFileSync(join(folder, 'meson.build'), 'no schema\n')
  await page.goto(`${lab.url}${recorded7}`)
  const place = page.getByRole('region', { name: 'Reference' })
  await expect(place.getByText(/Introspection hides the names of types/)).toBeVisible()
  const box = await place.boundingBox()
  const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 }
  const devtools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    await devtools.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await expect(place.getByText(/described/)).toBeVisible()
  await page.goto(`${lab.url}${recorded7}/stop`)
  await expect(entity(page).getByText('Halts what runs, as a folder says.')).toBeVisible()
})

test('a guest agent: its commands with arguments and texts, and forms for them', async ({ page, lab }) => {
  const agent = await startGuestAgent(lab.sockets, 'guest')
  await page.goto(`${lab.url}#/machine/guest.qga/schema`)
  await search(page).fill('guest-file-open')
  await page.keyboard.press('Enter')
  await expect(entity(page).getByRole('row', { name: /^path/ })).toContainText('required')
  await expect(entity(page).getByRole('row', { name: /^mode/ })).toContainText('optional')
  await expectAccessible(page)
  await page.goto(`${lab.url}#/machine/guest.qga/command/guest-file-open`)
  await page.getByRole('textbox', { name: 'path' }).fill('/no/such/file')
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run guest-file-open' }).click()
  await expect(page.getByRole('article', { name: 'Result of guest-file-open' })).toContainText('No such file')
  await agent.kill()
})

for (const [colorScheme, width] of [
  ['light', 1280],
  ['light', 400],
  ['dark', 1280],
  ['dark', 400],
] as const) {
  test(`every way of seeing is accessible and fits: ${colorScheme}, ${width} px`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    for (const [path, shown] of [
      ['blockdev-add', /Creates a new block device/],
      ['blockdev-add?show=graph', /unrelated/],
      ['?show=map', /reaches/],
      ['?show=compare&against=recorded:qemu-10.0-x86_64', /changes/],
    ] as const) {
      await page.goto('about:blank')
      await page.goto(`${lab.url}${recorded7}${path.startsWith('?') ? path : `/${path}`}`)
      await expect(entity(page).getByText(shown).first()).toBeVisible()
      await expectAccessible(page)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, path).toBeLessThanOrEqual(0)
    }
  })
}

test('a comparison drawn on the map and on the graph', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-11.1-x86_64/schema/block-export-add?show=map`)
  await page.getByLabel('Compare with').selectOption({ label: 'QEMU 5.2 x86_64' })
  await expect(page.getByText('from QEMU 5.2 x86_64 to QEMU 11.1 x86_64')).toBeVisible()
  const map = page.getByRole('group', { name: /^Map of the schema/ })
  await expect(map.getByRole('link', { name: /^removed change,/ })).toBeVisible()
  await expect(map.getByRole('link', { name: /^added display-reload,/ })).toBeVisible()
  await expect(map.getByRole('link', { name: /^changed block-export-add,/ })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Graph' }).click()
  const graph = page.getByRole('group', { name: /^Graph of block-export-add/ })
  await expect(
    graph.getByRole('button', { name: /BlockExportOptions.*changed.*allow-inactive added/ }),
  ).toBeVisible()
  await expectAccessible(page)
  // What only the older one has opens there.
  await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Map' }).click()
  await map.getByRole('link', { name: /^removed change,/ }).click()
  await expect(entity(page).getByRole('heading', { name: 'change', level: 1 })).toBeVisible()
  await expect(page).toHaveURL(/recorded\/qemu-5\.2/)
})

test('the graph: a card is expanded and collapsed from the keyboard', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded7}/block-export-add?show=graph`)
  await page.getByLabel('Steps').selectOption('1')
  const graph = page.getByRole('group', { name: /^Graph of block-export-add/ })
  await expect(graph.getByRole('button')).toHaveCount(2)
  const first = graph.getByRole('button', { name: /^command block-export-add/ })
  await first.focus()
  await page.keyboard.press('ArrowRight')
  const options = graph.getByRole('button', { name: /^object BlockExportOptions,/ })
  await expect(options).toBeFocused()
  await page.keyboard.press('x')
  await expect(graph.getByRole('button', { name: /^enum BlockExportType/ })).toBeVisible()
  await expect(options).toBeFocused()
  await page.keyboard.press('x')
  await expect(graph.getByRole('button')).toHaveCount(2)
})
