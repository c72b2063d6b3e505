/** A journey through every view in Debian's Firefox: looked at, used, and nothing broken on the way. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { startQemu } from '../lab/testing.ts'
import {
  expect,
  expectText,
  expectWhole,
  expectWholeNarrow,
  open,
  part,
  press,
  test,
  typeInto,
} from './firefox.ts'

const editor = '>>> .cm-content'
const terminal = '.xterm-rows'
const rows = '[aria-label="Rows of the timeline"]'
const wire = '.wire pre'

/** What was typed in the editor before goes, and this comes. */
async function fillEditor(page: Page, text: string): Promise<void> {
  await press(page, editor)
  await page.keyboard.down('Control')
  await page.keyboard.press('a')
  await page.keyboard.up('Control')
  await page.keyboard.press('Delete')
  await page.keyboard.type(text)
}

/** Choose what a list of choices says in these words. */
async function choose(page: Page, selector: string, words: string): Promise<void> {
  const list = await page.waitForSelector(selector)
  const value = await list?.evaluate(
    (select, text) =>
      [...(select as HTMLSelectElement).options].find((option) => option.text === text)?.value,
    words,
  )
  if (value === undefined) throw new Error(`${selector} has no “${words}”`)
  await page.select(selector, value)
}

test('Firefox: the overview, and the schema as list, page, graph, map and comparison', async ({
  lab,
  tab: { page },
}) => {
  await startQemu(lab.sockets, 'vm', {
    args: ['-blockdev', 'null-co,node-name=disk0,size=67108864', '-device', 'virtio-blk-pci,drive=disk0'],
  })
  await open(page, lab, '/machine/vm/overview')
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await expectText(page, 'table', /null-co/)
  await expectWhole(page)
  await expectWholeNarrow(page)
  await open(page, lab, '/machine/vm/schema')
  await expectText(page, '[aria-label="Entities of the schema"]', /blockdev-add|add_client/)
  await expectWhole(page)
  await expectWholeNarrow(page)
  await open(page, lab, '/machine/vm/schema/blockdev-add')
  await expectText(page, '[aria-label="Entity"]', /BlockdevDriver/)
  await expectWhole(page)
  await expectWholeNarrow(page)
  await open(page, lab, '/machine/vm/schema/blockdev-add?show=graph')
  await expectText(page, '[aria-label^="Graph of blockdev-add"]', /BlockdevOptions/)
  await expectWhole(page)
  await expectWholeNarrow(page)
  await open(page, lab, '/machine/vm/schema?show=map')
  await page.waitForSelector('[aria-label^="Map of the schema"] [role="link"]')
  await expectWhole(page)
  await expectWholeNarrow(page)
  await open(page, lab, '/recorded/qemu-11.1-x86_64/schema?show=compare')
  await choose(page, 'select:has(option:nth-child(3))', 'QEMU 10.0 x86_64')
  await expectText(page, '[aria-label="Changes"]', /added|removed/)
  await expectWhole(page)
  await expectWholeNarrow(page)
})

/** Add an optional member to the form. */
async function addMember(page: Page, member: string): Promise<void> {
  await typeInto(page, part('combobox', 'Optional members'), member)
  await page.keyboard.press('Enter')
}

test('Firefox: a command by its form, as JSON, and several that were pasted', async ({
  lab,
  tab: { page },
}) => {
  await startQemu(lab.sockets, 'vm')
  await open(page, lab, '/machine/vm/command')
  await typeInto(page, '[aria-label="Search commands"]', 'blockdev-add')
  await press(page, part('option', 'blockdev-add'))
  await typeInto(page, part('combobox', 'driver'), 'null-co')
  await page.keyboard.press('Enter')
  await addMember(page, 'node-name')
  await typeInto(page, part('textbox', 'node-name'), 'n0')
  await addMember(page, 'size')
  await typeInto(page, part('textbox', 'size'), '1G')
  await expectText(page, wire, /^\{.*"driver":"null-co","node-name":"n0","size":1073741824\}\}$/)
  await expectWhole(page)
  await press(page, 'form button.primary')
  await expectText(page, '[aria-label="Result of blockdev-add"]', /returned/)

  // The editor: typed with its own brackets and quotes, coloured, and checked.
  await press(page, part('button', 'JSON'))
  await fillEditor(page, '{"driver": "null-co", "node-name": "n1", "size": "big"}')
  await expectText(page, '[aria-label="What QEMU would refuse"]', /size.*expected an integer/s)
  await fillEditor(page, '{"driver": "null-co", "node-name": "n1"}')
  await expectText(
    page,
    wire,
    /^\{"execute":"blockdev-add","arguments":\{"driver":"null-co","node-name":"n1"\}\}$/,
  )
  expect(
    await page.$eval(editor, (text) => {
      const colours = [...text.querySelectorAll('span')].map((word) => getComputedStyle(word).color)
      return new Set(colours).size
    }),
    'colours of the text',
  ).toBeGreaterThan(1)
  await expectWhole(page)
  await page.keyboard.down('Control')
  await page.keyboard.press('Enter')
  await page.keyboard.up('Control')
  await expect.poll(() => page.$$eval('[aria-label="Result of blockdev-add"]', (all) => all.length)).toBe(2)

  await press(page, 'button::-p-text(Paste…)')
  await typeInto(
    page,
    '[aria-label="Text to read commands from"]',
    '{"execute": "query-named-block-nodes"} {"execute": "query-name"}',
  )
  await expectText(page, 'dialog', /2 commands/)
  await press(page, part('button', 'Open'))
  await expectText(page, editor, /query-named-block-nodes.*query-name/s)
  await press(page, 'button::-p-text(Run 2)')
  await expectText(page, '[role="status"]', /2 returned, 0 did not\./)
  await expectText(page, '[aria-label="Result of query-named-block-nodes"]', /n0.*n1|n1.*n0/s)
  await expectWhole(page)

  await press(page, 'button::-p-text(History)')
  await expectText(page, '[aria-label="Commands that were sent"]', /query-name.*blockdev-add/s)
  await expectWhole(page)
})

test('Firefox: a line of the human monitor, and one of QMP', async ({ lab, tab: { page } }) => {
  await startQemu(lab.sockets, 'vm')
  await open(page, lab, '/machine/vm/console')
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await typeInto(page, terminal, 'info status')
  await page.keyboard.press('Enter')
  await expectText(page, terminal, /VM status: running/)
  await expectWhole(page)
  await press(page, part('tab', 'QMP'))
  await expectText(page, terminal, /QMP>/)
  await typeInto(page, terminal, '{"execute": "query-name", "id": 9007199254740993}')
  await page.keyboard.press('Enter')
  await expectText(page, terminal, /"name": "vm"[^]*"id": 9007199254740993/)
  // The lines lie one below the other in the font of the terminal: xterm.js has put its styles in.
  const tops = await page.$$eval(`${terminal} > div`, (lines) =>
    lines.slice(0, 3).map((line) => line.getBoundingClientRect().top),
  )
  expect(new Set(tops).size).toBe(3)
  expect(await page.$eval(terminal, (lines) => getComputedStyle(lines).fontFamily)).toMatch(/mono/i)
  await expectWhole(page)
})

test('Firefox: an event in the strip, the list and the lanes, and a recording', async ({
  lab,
  tab: { page },
}) => {
  await startQemu(lab.sockets, 'vm')
  await open(page, lab, '/machine/vm/overview')
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await press(page, part('button', 'Stop'))
  await expectText(page, 'main', /stop: done, STOP after/)
  await expectText(page, '[aria-label="Chosen machine"]', /paused/)
  await expectText(page, 'section[aria-label="Timeline"]', /STOP|stop/)
  await press(page, part('link', 'Timeline'))
  await expectText(page, `${rows} [role="option"]`, /STOP/)
  await expectText(page, '[aria-label="Lanes"]', /State[^]*Commands/)
  await press(page, `${rows} [role="option"]::-p-text(STOP)`)
  await expectText(page, '[aria-label="Chosen row"]', /"STOP"/)
  await expectWhole(page)
  // By keys, the lanes say which event is under the cursor; and something is drawn in them.
  await page.focus('[aria-label^="Lanes of the timeline"]')
  await page.keyboard.press('f')
  await page.keyboard.press('ArrowUp')
  await expectText(page, '.lanes [role="status"]', /^State of vm/)
  await page.keyboard.press(',')
  await expectText(page, '.lanes [role="status"]', /^State of vm: STOP/)
  const colours = await page.$eval('.lanes canvas', (canvas) => {
    const { width, height } = canvas
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data
    return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size
  })
  expect(colours, 'colours in the picture of the lanes').toBeGreaterThan(3)

  const file = join(lab.sockets, 'shell.log')
  writeFileSync(
    file,
    [
      'Welcome to the QMP low-level shell!',
      'Connected to QEMU 7.2.0',
      '',
      '(QEMU) cont',
      '{"return": {}}',
      '(QEMU) ',
      "{'timestamp': {'seconds': 1700000000, 'microseconds': 2}, 'event': 'RESUME'}",
      '',
    ].join('\n'),
  )
  const input = await page.waitForSelector('nav input[type="file"]')
  await (input as { uploadFile(...files: string[]): Promise<void> } | null)?.uploadFile(file)
  await expectText(page, `${rows} [role="option"]`, /RESUME/)
  await expectText(page, 'nav[aria-label="Machines"]', /session of qmp-shell/)
  await expectWhole(page)
})

test('Firefox: two machines in two panes, and a machine that was added', async ({ lab, tab: { page } }) => {
  await startQemu(lab.sockets, 'one')
  await startQemu(lab.sockets, 'two')
  await open(page, lab, '/machine/one/overview')
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await press(page, part('button', 'Split'))
  await expectText(page, '#pane-beside', /./)
  await choose(page, '[aria-label="Machine of the second pane"]', 'two')
  await expectText(page, '#pane-beside [aria-label="Lanes"]', /State/)
  // All tabs of both panes are in sight, on their line.
  expect(
    await page.$$eval('.named .views', (all) => all.map((each) => each.scrollWidth - each.clientWidth)),
  ).toEqual([0, 0])
  await press(page, '[aria-label="Second pane: two, Timeline"] nav a::-p-text(Console)')
  await typeInto(page, `#pane-beside ${terminal}`, 'info name')
  await page.keyboard.press('Enter')
  await expectText(page, `#pane-beside ${terminal}`, /info name[^]*two/)
  await expectText(page, '#pane-main', /running/)
  await expectWhole(page)
})

test('Firefox: the page asks for the key of the lab, and connects with it', async ({
  lab,
  tab: { page },
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await page.waitForSelector('html:not([data-unarmed])')
  await expectText(page, 'main', /needs its key/)
  await expectWhole(page)
  await typeInto(page, 'input[type="password"]', lab.key)
  await expect.poll(() => page.$eval('input[type="password"]', (field) => field.value)).toBe(lab.key)
  await press(page, part('button', 'Use this key'))
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await press(page, part('button', '+ Add'))
  await expectText(page, 'dialog[open]', /Add a machine/)
  await expectWhole(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await expectText(page, 'dialog[open]', /Keys and help/)
  await expectWhole(page)
})
