/** What the browser refuses: the rest of the page goes on, and what could not be done is said. */
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

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
  await page.getByRole('region', { name: 'Verbs' }).getByRole('button', { name: 'Stop', exact: true }).click()
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
