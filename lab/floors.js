/**
 * The floors of the house: which folder may import which. One table, read by the lint rule in
 * eslint.config.js. Imports inside one folder are always allowed. `types` are allowed as `import type` only.
 */

/** @type {ReadonlyArray<{ floor: string, may: readonly string[], types?: readonly string[] }>} */
export const floors = [
  { floor: 'workers/base', may: [] },
  {
    floor: 'workers/api.ts',
    may: [],
    types: ['workers/base', 'workers/qmp', 'workers/qapi', 'workers/trace'],
  },
  { floor: 'workers/qmp', may: ['workers/base'] },
  { floor: 'workers/qapi', may: ['workers/base'] },
  // The model of the timeline: the worker and the page share it.
  { floor: 'workers/trace', may: ['workers/base'], types: ['workers/api.ts'] },
  { floor: 'workers/events', may: ['workers/trace', 'workers/base'], types: ['workers/api.ts'] },
  {
    floor: 'workers/host',
    may: ['workers/events', 'workers/trace', 'workers/qmp', 'workers/qapi', 'workers/base'],
    types: ['workers/api.ts'],
  },
  {
    floor: 'app/link',
    may: ['workers/base'],
    types: ['workers/api.ts', 'workers/qapi', 'workers/trace'],
  },
  {
    floor: 'app/state',
    may: ['app/link', 'workers/qapi', 'workers/trace', 'workers/base'],
    types: ['workers/api.ts'],
  },
  { floor: 'app/ui', may: ['workers/base'] },
  {
    floor: 'app/views',
    may: ['app/ui', 'app/state', 'workers/qapi', 'workers/trace', 'workers/base'],
    types: ['workers/api.ts'],
  },
  {
    floor: 'app',
    may: ['app/views', 'app/ui', 'app/state', 'app/link', 'workers/qapi', 'workers/base'],
    types: ['workers/api.ts'],
  },
]
