// @adr 0037
import { defineConfig } from '@playwright/test'
import { findProgram } from './lab/packages.ts'

export default defineConfig({
  testDir: 'e2e',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Each test has a lab of its own: its bridge, its port, its machines. Much of its time is waiting.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  use: {
    viewport: { width: 1280, height: 720 },
    trace: 'off',
    launchOptions: {
      executablePath: findProgram('chromium') ?? 'chromium',
      args: [
        // Chromium has no sandbox for root. Its own requests must not reach the network.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
      ],
    },
  },
})
