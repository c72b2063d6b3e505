// @adr 0037
import { defineConfig } from '@playwright/test'
import { findChromium } from './lab/packages.ts'

export default defineConfig({
  projects: [
    // Journeys: the built page, a lab and machines.
    { name: 'e2e', testDir: 'e2e', testIgnore: 'ui/**' },
    // Widgets: the gallery alone. `npx playwright test --project ui`.
    { name: 'ui', testDir: 'e2e/ui' },
  ],
  // Limits that a machine keeps which has much else to do: a test that passes waits for none of them. What is short in
  // the page (a deadline, a retry) is waited for by what it shows.
  timeout: 300_000,
  expect: { timeout: 45_000 },
  // Each test has a lab of its own: its bridge, its port, its machines. Much of its time is waiting.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  use: {
    viewport: { width: 1280, height: 720 },
    trace: 'off',
    launchOptions: {
      executablePath: findChromium(),
      args: [
        // Chromium has no sandbox for root. Its own requests must not reach the network.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
      ],
    },
  },
})
