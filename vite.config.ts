import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Relative addresses: the built page works from any folder of any web server.
  base: './',
  plugins: [svelte()],
  build: {
    target: 'es2023',
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  test: {
    include: ['workers/**/*.test.ts', 'app/**/*.test.ts', 'lab/**/*.test.ts'],
    testTimeout: 30_000,
  },
})
