/**
 * The rooms of the house: which folder may import which. One table, read by the lint rule in eslint.config.js. Imports
 * inside one room are always allowed. `types` are allowed as `import type` only. A file stands in the room with the
 * longest path that holds it.
 * @adr 0044
 */

/** @type {ReadonlyArray<{ floor: string, may: readonly string[], types?: readonly string[] }>} */
export const floors = [
  { floor: 'workers/base', may: [] },
  { floor: 'workers/qmp', may: ['workers/base'] },
  { floor: 'workers/qapi', may: ['workers/base'] },
  // What a row is: everything that speaks of rows stands on it.
  { floor: 'workers/record', may: ['workers/base'], types: ['workers/qmp'] },
  // The model of the timeline: the worker and the page share it.
  // Which command leads to which event is a table of the schema's room.
  {
    floor: 'workers/trace',
    may: ['workers/record', 'workers/qapi', 'workers/base'],
    types: ['workers/qmp'],
  },
  // What the replies of a machine tell of its inside: block graph, devices, objects. The worker and the page share it.
  { floor: 'workers/inside', may: ['workers/base'] },
  { floor: 'workers/store', may: ['workers/record', 'workers/base'], types: ['workers/qmp'] },
  {
    floor: 'workers/api',
    may: [],
    types: ['workers/base', 'workers/qmp', 'workers/qapi', 'workers/record', 'workers/trace'],
  },
  {
    floor: 'workers/host',
    may: [
      'workers/store',
      'workers/trace',
      'workers/inside',
      'workers/record',
      'workers/qmp',
      'workers/qapi',
      'workers/base',
    ],
    types: ['workers/api'],
  },
  {
    floor: 'app/link',
    may: ['workers/base'],
    types: ['workers/api', 'workers/qapi', 'workers/qmp', 'workers/record', 'workers/trace'],
  },
  {
    floor: 'app/state',
    may: [
      'app/link',
      'app/words',
      'workers/qapi',
      'workers/record',
      'workers/trace',
      'workers/inside',
      'workers/base',
    ],
    types: ['workers/api', 'workers/qmp'],
  },
  // Sentences for people: no markup, no state of their own.
  {
    floor: 'app/words',
    may: ['workers/base', 'workers/record', 'workers/trace', 'workers/inside', 'workers/qapi'],
    types: ['workers/api', 'workers/qmp', 'app/ui', 'app/state'],
  },
  { floor: 'app/ui', may: ['app/words', 'workers/base'] },
  {
    floor: 'app/views',
    may: [
      'app/ui',
      'app/words',
      'app/state',
      'workers/qapi',
      'workers/record',
      'workers/trace',
      'workers/inside',
      'workers/base',
    ],
    types: ['workers/api', 'workers/qmp'],
  },
  { floor: 'app', may: ['app/views', 'app/ui', 'app/state'] },
]
