/** The gallery of widgets (app/ui/gallery), built and served for the tests of one worker. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { build, preview } from 'vite'
import { root } from '../../lab/paths.ts'
import { expect } from '../lab.ts'

export { expect, expectAccessible } from '../lab.ts'

/** A test on the gallery, in which nothing may be logged as an error. */
export const test = base.extend<
  { errors: string[]; gallery: string },
  { built: { readonly url: string; readonly files: string } }
>({
  gallery: ({ built }, use) => use(built.url),
  built: [
    async ({}, use) => {
      const outDir = mkdtempSync(join(tmpdir(), 'qmp-studio-gallery-'))
      await build({
        root,
        logLevel: 'warn',
        publicDir: false,
        build: { outDir, rolldownOptions: { input: join(root, 'app/ui/gallery/index.html') } },
      })
      const server = await preview({
        root,
        logLevel: 'warn',
        build: { outDir },
        preview: { host: '127.0.0.1', port: 0 },
      })
      const [address] = server.resolvedUrls?.local ?? []
      if (address === undefined) throw new Error('the gallery is not served')
      await use({ url: `${address}app/ui/gallery/`, files: outDir })
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  errors: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await use(errors)
      expect(errors).toEqual([])
    },
    { auto: true },
  ],
})

/** The widths at which each widget is looked at. */
export const widths = [320, 1280] as const
export type Scheme = 'light' | 'dark'

/** Open the gallery, in this scheme, and return what it shows. */
export async function openGallery(
  page: Page,
  address: string,
  scheme: Scheme,
  width = 1280,
): Promise<Locator> {
  await page.setViewportSize({ width, height: 720 })
  await page.emulateMedia({ colorScheme: scheme })
  await page.goto(`${address}#${scheme}`)
  const half = page.getByRole('region', { name: scheme === 'light' ? 'Light scheme' : 'Dark scheme' })
  await expect(half.getByRole('heading', { name: 'Tabs' })).toBeVisible()
  return half
}

/** Nothing that is on screen in a part of the page sticks out of the page, and no two controls lie over each other. */
export async function expectInPlace(what: Locator): Promise<void> {
  await expect
    .poll(() =>
      what.evaluate((scope) => {
        const wrong: string[] = []
        const page = document.documentElement
        if (page.scrollWidth > page.clientWidth) wrong.push('the page scrolls sideways')
        const name = (each: Element): string =>
          `${each.tagName.toLowerCase()} “${(each.getAttribute('aria-label') ?? each.textContent).trim().slice(0, 30)}”`
        const controls = [...scope.querySelectorAll('button, input, [role="separator"], [role="menuitem"]')]
          .filter((each) => each.checkVisibility({ visibilityProperty: true }))
          // Inside of boxes that scroll parts are cut off on purpose.
          .filter((each) => each.closest('[role="listbox"], .box, [role="tree"]') === null)
        const isOver = (each: Element): boolean => each.closest('[popover], dialog') !== null
        for (const [index, one] of controls.entries()) {
          const a = one.getBoundingClientRect()
          if (a.left < -0.5 || a.right > page.clientWidth + 0.5) wrong.push(`${name(one)} sticks out`)
          for (const other of controls.slice(index + 1)) {
            if (isOver(one) !== isOver(other) || one.contains(other) || other.contains(one)) continue
            const b = other.getBoundingClientRect()
            const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
            const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
            // The buttons of a group share their edges.
            if (width > 1.5 && height > 1.5) wrong.push(`${name(one)} lies over ${name(other)}`)
          }
        }
        return wrong
      }),
    )
    .toEqual([])
}
