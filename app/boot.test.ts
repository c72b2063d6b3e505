/** public/boot.js in browsers that lack something. Real ones with all of it: e2e/browser-faults.spec.ts, e2e/firefox.spec.ts. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const script = readFileSync(new URL('../public/boot.js', import.meta.url), 'utf8')

/** What the script says is lacking in a browser that has all but these globals; `hides` changes what is left. */
function lacksIn(hides: (browser: Record<string, unknown>) => void = () => undefined): string | undefined {
  let said: string | undefined
  const element = function (): undefined {
    return undefined
  }
  Object.assign(element.prototype as object, { popover: null, showModal: () => undefined })
  const browser: Record<string, unknown> = {
    HTMLElement: element,
    HTMLDialogElement: element,
    CSS: { supports: () => true },
    structuredClone: () => undefined,
    AbortSignal: Object.assign(() => undefined, { timeout: () => undefined }),
    Worker: function (_: string, options: { readonly type: string }) {
      // As the browsers do: options first, then the address, which is none.
      throw new Error(`no address, ${options.type}`)
    },
    localStorage: { getItem: () => null },
    addEventListener: () => undefined,
    document: {
      readyState: 'loading',
      addEventListener: () => undefined,
      documentElement: {
        dataset: {},
        setAttribute: (name: string, value: string) => {
          if (name === 'data-lacks') said = value
        },
      },
    },
  }
  browser.window = browser
  hides(browser)
  runInNewContext(script, browser)
  return said
}

test('a browser with everything is not refused', () => {
  expect(lacksIn()).toBeUndefined()
})

test.each<[what: string, hides: (browser: Record<string, unknown>) => void]>([
  ['popovers', (browser) => (browser.HTMLElement = { prototype: {} })],
  ['dialogs', (browser) => delete browser.HTMLDialogElement],
  ['light-dark() colours', (browser) => (browser.CSS = { supports: (name: string) => name !== 'color' })],
  [
    'container queries',
    (browser) => (browser.CSS = { supports: (name: string) => name !== 'container-type' }),
  ],
  ['light-dark() colours, container queries', (browser) => delete browser.CSS],
  ['structuredClone', (browser) => delete browser.structuredClone],
  ['AbortSignal.timeout', (browser) => (browser.AbortSignal = () => undefined)],
  ['module workers', (browser) => delete browser.Worker],
  // One that takes the address alone.
  ['module workers', (browser) => (browser.Worker = (address: string) => ({ address }))],
])('a browser without %s is told so', (what, hides) => {
  expect(lacksIn(hides)).toBe(what)
})

test('a browser of before ES2023 is told so', () => {
  const old = `delete Array.prototype.toSorted;${script}`
  let said = ''
  runInNewContext(old, {
    ...{ window: { addEventListener: () => undefined }, localStorage: { getItem: () => null } },
    ...{ HTMLElement: { prototype: {} }, structuredClone: () => undefined },
    document: {
      readyState: 'loading',
      addEventListener: () => undefined,
      documentElement: { dataset: {}, setAttribute: (_: string, value: string) => (said = value) },
    },
  })
  expect(said).toContain('ES2023')
})
