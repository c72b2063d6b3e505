import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { documentPages } from './lab/docs.ts'

/** `npm run dev` says here where its lab is. */
const lab = process.env.QMP_STUDIO_LAB

/** The development server puts styles into the page by script: there, and only there, the policy lets them. */
const developmentPolicy: Plugin = {
  name: 'development-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
}

/** Comments and indents of public/boot.js stay behind. No minifier: its syntax has to stay as old as it is. */
const smallBoot: Plugin = {
  name: 'small-boot',
  apply: 'build',
  writeBundle({ dir }) {
    const file = join(dir ?? '', 'boot.js')
    // The gallery of the widgets is built without the files of public/.
    if (!existsSync(file)) return
    const lines = readFileSync(file, 'utf8').split('\n')
    const code = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('//'))
    writeFileSync(file, code.join('\n'))
  },
}

/** The tests of all folders whose file names are like this. */
const tests = (name: string): string[] => ['workers', 'app', 'lab'].map((folder) => `${folder}/**/${name}`)

/** The pure tests with many cases: in the quick suite they try a tenth of them (workers/base/testing/runs.ts). */
const manyCases = ['workers', 'app', 'lab'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.real|\.long)\.test\.ts$/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => readFileSync(join(import.meta.dirname, file), 'utf8').includes('/testing/runs.ts')),
)

export default defineConfig({
  // Relative addresses: the built page works from any folder of any web server.
  base: './',
  plugins: [svelte(), developmentPolicy, smallBoot, documentPages],
  build: {
    target: 'es2023',
    sourcemap: false,
    modulePreload: {
      polyfill: false,
      // Of a part that comes later only its styles are listed: the list of all scripts would be 3 KB of the first load. What
      // a script imports is fetched once it is there, and nearly all of it has come ahead by then (views/frame/ahead.ts).
      resolveDependencies: (_file, needed, { hostType }) =>
        hostType === 'html'
          ? needed
          : needed.filter((name) => /\.css$/.test(name) && !/\bassets\/(start|index)-/.test(name)),
    },
    // All that the first picture needs is one file: the parts that views share with it would be a dozen small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } } },
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  ...(lab === undefined ? {} : { server: { proxy: { '/lab.json': { target: lab, changeOrigin: true } } } }),
  test: {
    testTimeout: 30_000,
    // What was transformed once is read from node_modules/.experimental-vitest-cache.
    experimental: { fsModuleCache: true },
    projects: [
      {
        // Nothing outside of its process, nothing that takes long: what `npm run test:unit` runs, and watches.
        extends: true,
        test: {
          name: 'pure',
          include: tests('*.test.ts'),
          exclude: [...tests('*.real.test.ts'), ...tests('*.long.test.ts')],
          pool: 'threads',
          isolate: false,
          // All cores: none of them waits for anything.
          maxWorkers: '100%',
        },
      },
      // Many random cases, long inputs.
      {
        extends: true,
        test: {
          name: 'long',
          include: [...tests('*.long.test.ts'), ...manyCases],
          env: { QMP_STUDIO_CASES: 'all' },
          sequence: { groupOrder: 1 },
        },
      },
      // Real QEMU, agents, bridges, labs; other users of the host.
      {
        extends: true,
        test: { name: 'real', include: tests('*.real.test.ts'), sequence: { groupOrder: 1 } },
      },
    ],
  },
})
