import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documentFiles, documents, renderDocument } from './docs.ts'
import { root } from './paths.ts'

const folder = join(root, 'docs')

it('each fault that RELIABILITY.md lists has a test that is there', () => {
  const rows = readFileSync(join(folder, 'RELIABILITY.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
  expect(rows.length).toBeGreaterThan(40)
  for (const row of rows) {
    const named = (row.split('|').at(-2) ?? '').split(',').map((each) => each.trim().replaceAll('`', ''))
    for (const each of named) {
      const file = each.includes('/') ? each : join('e2e', each)
      expect(each === 'npm run test:fuzz' || existsSync(join(root, file)), row).toBe(true)
    }
  }
})

describe('documents for users as pages', () => {
  it('lead from one page to the other, to headings too', () => {
    const page = renderDocument(
      'Use it',
      '# Use `it`\n\n## The lock\n\n[keys](use.md#the-lock) [more](deploy.md) [code](guide.md)',
    )
    expect(page).toContain('<h2 id="the-lock">The lock</h2>')
    expect(page).toContain('<h1 id="use-it">Use <code>it</code></h1>')
    expect(page).toContain('href="use.html#the-lock"')
    expect(page).toContain('href="deploy.html"')
    expect(page).toContain('href="guide.md"')
  })

  it.each(documents)('docs/%s.md has one title, its pictures and no broken link', (name) => {
    const markdown = readFileSync(join(folder, `${name}.md`), 'utf8')
    const page = renderDocument(name, markdown)
    expect(page.match(/<h1 /g)).toHaveLength(1)
    const names = [...page.matchAll(/ src="([^"]+)"/g)].map(([, file = '']) => file)
    expect([...documentFiles().keys()]).toEqual(expect.arrayContaining([`${name}.html`, ...names]))
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))
    for (const [, hash = ''] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(hash)
    for (const [, file = ''] of markdown.matchAll(/\]\(([\w./-]+\.md)/g)) {
      expect(existsSync(join(folder, file)), file).toBe(true)
    }
  })
})
