/**
 * The documents of `docs/` for users as pages of the built page: `docs/use.html` and so on, so that the help of the page
 * leads to the same texts, offline too. Rendered from Markdown when the page is built.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Marked } from 'marked'
import type { Plugin } from 'vite'
import { root } from './paths.ts'

/** The documents by task, in the order in which they are listed. */
export const documents = [
  ['use', 'Use it'],
  ['attach', 'Attach your own machines'],
  ['gate', 'Several clients on one machine'],
  ['record', 'Record and compare'],
  ['collections', 'Collections'],
  ['deploy', 'Deploy'],
  ['security', 'Security'],
] as const

/** A picture that a document shows: a path relative to `docs/`. */
const picture = /!\[[^\]]*\]\(([\w.-]+\.png)\)/g

const style = `:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: light-dark(#fff, #11161d); color: light-dark(#1a2129, #dde4ec) }
a { color: light-dark(#0b5cad, #7ab8ff) }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0; list-style: none }
img { max-width: 100%; border: 1px solid light-dark(#c8d0d8, #36414d) }
pre { overflow-x: auto; padding: 0.75rem; background: light-dark(#f2f5f8, #1a212a) }
code { font: 0.9em ui-monospace, monospace }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid light-dark(#dde3e9, #2a333d) }
`

/** The headings get ids, as GitHub makes them, so that links into a document work in both places. */
function headingId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** A link between documents for users becomes one between their pages; others lead to where they led. */
function pageLink(href: string): string {
  const [, name, hash = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? []
  return documents.some(([each]) => each === name) ? `${name ?? ''}.html${hash}` : href
}

/** One document as a page. `markdown` is ours: it is trusted. */
export function renderDocument(title: string, markdown: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${headingId(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
    },
    walkTokens(token) {
      if (token.type === 'link') token.href = pageLink(token.href as string)
    },
  })
  const links = documents.map(([name, words]) => `<li><a href="${name}.html">${words}</a></li>`).join('')
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'" />
    <title>${title} – QMP Studio</title>
    <link rel="stylesheet" href="documents.css" />
  </head>
  <body>
    <nav aria-label="Documents"><ul><li><a href="../index.html">QMP Studio</a></li>${links}</ul></nav>
    <main>
${marked.parse(markdown, { async: false })}</main>
  </body>
</html>
`
}

/** The pictures that a document shows. */
function picturesOf(markdown: string): string[] {
  return [...markdown.matchAll(picture)].map(([, file = '']) => file)
}

/** All files of the folder `docs/` of the page, by name. A picture that is missing throws. */
export function documentFiles(): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>([['documents.css', style]])
  for (const [name, title] of documents) {
    const markdown = readFileSync(join(root, 'docs', `${name}.md`), 'utf8')
    files.set(`${name}.html`, renderDocument(title, markdown))
    for (const file of picturesOf(markdown)) files.set(file, readFileSync(join(root, 'docs', file)))
  }
  return files
}

/** Adds the documents to what is built, and serves them in development. */
export const documentPages: Plugin = {
  name: 'document-pages',
  generateBundle() {
    for (const [name, source] of documentFiles())
      this.emitFile({ type: 'asset', fileName: `docs/${name}`, source })
  },
  configureServer({ middlewares }) {
    middlewares.use('/docs', (request, response, next) => {
      const name = (request.url ?? '').slice(1)
      const source = documentFiles().get(name)
      if (source === undefined) {
        next()
        return
      }
      const type = name.endsWith('.css') ? 'text/css' : name.endsWith('.html') ? 'text/html' : 'image/png'
      response.setHeader('Content-Type', type)
      response.end(source)
    })
  },
}
