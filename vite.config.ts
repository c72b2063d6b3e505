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
    include: ['workers/**/*.test.ts', 'app/**/*.test.ts', 'lab/**/*.test.ts'],
    testTimeout: 30_000,
  },
})
