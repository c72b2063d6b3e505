/** What the browser refuses: the rest of the page goes on, and what could not be done is said. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { findProgram } from '../lab/packages.ts'
import config from '../playwright.config.ts'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, giveKey, goTo, send, test } from './lab.ts'

test('a view that breaks: the rest goes on, and it is opened again or closed', async ({ page, lab }) => {
  // Every list that is laid out asks for this. While it fails, what has such a list breaks.
  await page.addInitScript(() => {
    const whole = ResizeObserver
    window.ResizeObserver = class extends whole {
      override observe(...given: Parameters<ResizeObserver['observe']>): void {
        if (document.documentElement.dataset.fails !== undefined) throw new Error('no more observers')
        super.observe(...given)
      }
    }
  })
  const fails = (does: boolean): Promise<void> =>
    page.evaluate((on) => {
      if (on) document.documentElement.dataset.fails = ''
      else delete document.documentElement.dataset.fails
    }, does)
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByRole('heading', { name: 'vm', level: 1 })).toBeVisible()
  await fails(true)
  await goTo(page, 'Schema')
  await expect(page.getByRole('alert')).toContainText(
    'The schema explorer broke. The rest of the page still works.',
  )
  await expect(page.getByText('no more observers')).toBeVisible()
  await expectAccessible(page)

  // The rest goes on: another view, and the machine.
  await goTo(page, 'Overview')
  const state = page.getByRole('group', { name: 'Chosen machine' })
  await page.getByRole('region', { name: 'Power' }).getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(state).toContainText('paused')

  await goTo(page, 'Schema')
  await page.getByRole('button', { name: 'Close it' }).click()
  await expect(page.getByText('The schema explorer is closed.')).toBeVisible()
  await page.getByRole('button', { name: 'Open it' }).click()
  await expect(page.getByRole('alert')).toContainText('broke')
  await fails(false)
  await page.getByRole('button', { name: 'Open it again' }).click()
  await expect(page.getByRole('searchbox', { name: 'Search the schema' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

const reference = (page: Page): Locator => page.getByRole('region', { name: 'Reference' })
const manual = {
  name: 'demo-10.0.7',
  mimeType: 'text/plain',
  buffer: Buffer.from(
    `.TH DEMO 7 "" "10.0.2"\n.SH NAME\ndemo \\- Manual\n.SH RUN STATE\n.SS \\fBstop\\fP (Command)\n.sp\nStops all.\n.sp\n${'word '.repeat(400_000)}\n`,
  ),
}

/** Drop a manual, see that it is used, and that `why` is said of it; after a reload it is gone. */
async function expectUsedOnly(page: Page, lab: TestLab, why: RegExp): Promise<void> {
  await page.route('**/manuals.json', (route) => route.fulfill({ status: 404, body: '' }))
  const schema = `${lab.url}#/recorded/qemu-10.0-x86_64/schema`
  await page.goto(schema)
  await reference(page).getByLabel('Choose a reference').setInputFiles(manual)
  await reference(page).getByText('Manuals for QEMU: 1').click()
  await expect(reference(page).getByText(why)).toBeVisible()
  await expectAccessible(page)
  await page.goto(`${schema}/stop`)
  await expect(page.getByText('Stops all.').first()).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'stop', level: 1 })).toBeVisible()
  await page.goto(schema)
  await expect(reference(page).getByLabel('Choose a reference')).toBeAttached()
  await expect(reference(page).getByText('Manuals for QEMU')).toHaveCount(0)
}

test('a manual that the browser has no place for is used until the page is closed, and that is said', async ({
  page,
  lab,
}) => {
  const client = await page.context().newCDPSession(page)
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(lab.url).origin, quotaSize: 500_000 })
  await expectUsedOnly(
    page,
    lab,
    /storage for this page is full: .* until the page is closed\. Remove another manual/,
  )
})

test('where the browser keeps nothing a manual is used until the page is closed, and that is said', async ({
  page,
  lab,
}) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError')
    }
  })
  await expectUsedOnly(page, lab, /keeps nothing for this page .* until the page is closed\. \(denied\)/)
})

const noSettings =
  /^This browser keeps nothing for this page: locks,[^]*\slines of\s+consoles\s+are\s+forgotten/
const noTabKey = /^This browser keeps nothing for this tab: the lab’s key is forgotten/

/** A store of the browser cannot be had, as where a person forbids it. */
async function deny(page: Page, name: 'localStorage' | 'sessionStorage' | 'indexedDB'): Promise<void> {
  await page.addInitScript((store) => {
    Object.defineProperty(window, store, {
      get: () => {
        throw new DOMException(`${store} is denied`, 'SecurityError')
      },
    })
  }, name)
}

/** Give a line to the human monitor, and see its answer. */
async function askHuman(page: Page, line: string, answer: string | RegExp): Promise<void> {
  await page
    .getByRole('textbox', { name: /human monitor/i })
    .first()
    .focus()
  await page.keyboard.insertText(line)
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows').filter({ visible: true })).toContainText(answer)
}

test('the human monitor where the browser keeps no settings: it works, recalls lines, and forgets them', async ({
  page,
  lab,
}) => {
  await deny(page, 'localStorage')
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/console`)
  await expect(page.getByText(noSettings)).toBeVisible()
  await page.getByRole('tab', { name: /^Human/ }).click()
  await askHuman(page, 'info status', 'VM status: running')
  await page.keyboard.press('ArrowUp')
  const line = page.locator('.xterm-rows').filter({ visible: true })
  await expect(line).toContainText(/info status\s*$|\) info status/)
  await page.keyboard.press('Enter')
  // The lock is kept as long as the page is.
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('read-only')
  await askHuman(page, 'stop', /locked|read only/)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await expectAccessible(page)
  await page.reload()
  await expect(page.getByRole('combobox', { name: 'Lock' })).toHaveValue('ask')
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await askHuman(page, 'info version', /\d+\.\d+\.\d+/)
})

test.describe('a tab that keeps nothing', () => {
  test.use({ hasKey: false })

  test('the key of the lab holds until the page is loaded again, and that is said', async ({ page, lab }) => {
    await deny(page, 'sessionStorage')
    await startQemu(lab.sockets, 'vm')
    await page.goto(lab.address('/machine/vm/overview'))
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await expect(page.getByText(noTabKey)).toBeVisible()
    await expect(page.getByText(noSettings)).toHaveCount(0)
    await chooseCommand(page, 'query-name')
    await expect(await send(page, 'query-name')).toContainText('returned')
    await expectAccessible(page)
    await page.reload()
    await expect(page.getByRole('textbox', { name: /key/i })).toBeVisible()
    await page.goto(lab.address('/machine/vm/overview'))
    await page.getByRole('button', { name: 'Lab', exact: true }).click()
    await page.getByRole('button', { name: 'Keep it in this browser' }).click()
    await page.reload()
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
  })
})

test('no database: history and collections work until the page is closed, and each says so', async ({
  page,
  lab,
}) => {
  await deny(page, 'indexedDB')
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/query-name`)
  await expect(await send(page, 'query-name')).toContainText('returned')
  await page.getByRole('button', { name: 'History' }).first().click()
  const panel = page.getByRole('region', { name: 'History' })
  await expect(
    panel.getByText(/keeps nothing for this page .*entries are kept until the page is closed/),
  ).toBeVisible()
  await expect(panel.getByText('query-name').first()).toBeVisible()
  await panel.getByRole('tab', { name: /^Collections/ }).click()
  await expect(
    panel.getByText(/keeps nothing for this page .*collections are kept until the page is closed/),
  ).toBeVisible()
  await expectAccessible(page)
  await chooseCommand(page, 'query-version')
  await expect(await send(page, 'query-version')).toContainText('returned')
})

test('a browser that is told to keep nothing for any page: every view works, and it is said what is forgotten', async ({
  lab,
}) => {
  const profile = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  mkdirSync(join(profile, 'Default'))
  writeFileSync(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  )
  // The build without windows has no such settings.
  const browser = await chromium.launchPersistentContext(profile, {
    ...config.use?.launchOptions,
    executablePath: findProgram('chromium') ?? 'chromium',
  })
  try {
    await startQemu(lab.sockets, 'vm')
    const page = await browser.newPage()
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(error.message))
    await page.goto(lab.address('/machine/vm/overview'))
    await expect(page.getByLabel('Chosen machine')).toContainText('running')
    await expect(page.getByText(noSettings)).toBeVisible()
    await expect(page.getByText(noTabKey)).toBeVisible()
    await goTo(page, 'Schema')
    await expect(page.getByRole('searchbox', { name: 'Search the schema' })).toBeVisible()
    await chooseCommand(page, 'query-name')
    await expect(await send(page, 'query-name')).toContainText('returned')
    await goTo(page, 'Timeline')
    await expect(page.getByRole('option', { name: /reply query-name/ })).toBeVisible()
    await page.getByRole('button', { name: 'Save, keep' }).click()
    await page.getByRole('checkbox', { name: 'Keep records over reloads' }).check()
    await expect(page.getByText(/not kept any more: /)).toBeVisible()
    await page.keyboard.press('Escape')
    await goTo(page, 'Console')
    await page.getByRole('tab', { name: /^Human/ }).click()
    await askHuman(page, 'info status', 'VM status: running')
    expect(broken).toEqual([])
  } finally {
    await browser.close()
    rmSync(profile, { recursive: true, force: true })
  }
})

test('the memory of the page runs out: the browser ends it, the machine goes on, and another tab has what was kept', async ({
  lab,
}) => {
  const { launchOptions } = config.use ?? {}
  const browser = await chromium.launch({
    ...launchOptions,
    // A tab has gigabytes otherwise, and so has the machine of the test, perhaps.
    args: [...(launchOptions?.args ?? []), '--js-flags=--max-old-space-size=96'],
  })
  try {
    const qemu = await startQemu(lab.sockets, 'vm')
    const context = await browser.newContext()
    await giveKey(context, lab)
    const page = await context.newPage()
    await page.goto(`${lab.url}#/machine/vm/timeline`)
    await page.getByRole('button', { name: 'Save, keep' }).click()
    await page.getByRole('checkbox', { name: 'Keep records over reloads' }).check()
    await page.keyboard.press('Escape')
    await chooseCommand(page, 'query-version')
    await expect(await send(page, 'query-version')).toContainText('returned')
    const rows = page.getByRole('option', { name: /reply query-version/ })
    await goTo(page, 'Timeline')
    await expect(rows).toBeVisible()
    await page.getByRole('button', { name: 'Save, keep' }).click()
    await expect(page.getByText(/\d+ rows kept/)).toBeVisible()

    const ended = page.waitForEvent('crash')
    void page
      .evaluate(() => {
        const held: object[] = []
        for (;;) held.push(Array.from({ length: 10_000 }, (_, index) => ({ index })))
      })
      .catch(() => undefined)
    await ended
    expect(qemu.isOver()).toBe(false)

    const other = await context.newPage()
    await other.goto(`${lab.url}#/machine/vm/timeline`)
    await expect(other.getByLabel('Chosen machine')).toContainText('running')
    await expect(other.getByRole('option', { name: /reply query-version/ })).toBeVisible()
    await chooseCommand(other, 'query-name')
    await expect(await send(other, 'query-name')).toContainText('returned')
  } finally {
    await browser.close()
  }
})

test('a browser that lacks what the page needs is told so, and nothing is started', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.addInitScript(() => {
    delete (HTMLElement.prototype as { popover?: unknown }).popover
  })
  await page.goto(`${lab.url}#/machine/vm/overview`)
  const box = page.getByRole('main')
  await expect(box.getByRole('heading', { name: 'QMP Studio did not start' })).toBeVisible()
  await expect(box.getByRole('alert')).toHaveText('This browser is too old for it. It lacks: popovers.')
  await expect(box).toContainText('Chrome or Edge 123, Firefox 125, Safari 17.5')
  await expect(page.locator('#app > *')).toHaveCount(0)
  await expectAccessible(page)
})
