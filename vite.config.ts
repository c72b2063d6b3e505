import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** `npm run dev` says here where its lab is. */
const lab = process.env.QMP_STUDIO_LAB

/** The development server puts styles into the page by script: there, and only there, the policy lets them. */
const developmentPolicy: Plugin = {
  name: 'development-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
}

/** The tests of all folders whose file names are like this. */
const tests = (name: string): string[] => ['workers', 'app', 'lab'].map((folder) => `${folder}/**/${name}`)

export default defineConfig({
  // Relative addresses: the built page works from any folder of any web server.
  base: './',
  plugins: [svelte(), developmentPolicy],
  build: {
    target: 'es2023',
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  ...(lab === undefined ? {} : { server: { proxy: { '/lab.json': { target: lab, changeOrigin: true } } } }),
  test: {
    testTimeout: 30_000,
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
        },
      },
      // Many random cases, long inputs.
      { extends: true, test: { name: 'long', include: tests('*.long.test.ts') } },
      // Real QEMU, agents, bridges, labs; other users of the host.
      { extends: true, test: { name: 'real', include: tests('*.real.test.ts') } },
    ],
  },
})
