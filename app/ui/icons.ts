/** The icons of the page as lines on a grid of 16: our own drawings, each distinct by its shape alone. */
const drawings = {
  dot: 'M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M8 6.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 1 0 0-3',
  ring: 'M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8',
  arc: 'M8 3a5 5 0 0 1 5 5M8 13a5 5 0 0 1-5-5',
  half: 'M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M8 4v8M6 5v6',
  cross: 'M4 4l8 8M12 4l-8 8',
  square: 'M4.5 4.5h7v7h-7z',
  play: 'M5 3.5v9l7.5-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  reset: 'M12.5 8a4.5 4.5 0 1 1-1.6-3.4M12.5 2.5v3h-3',
  power: 'M8 2.5v5M4.8 4.6a4.5 4.5 0 1 0 6.4 0',
  quit: 'M6 2.5h-3v11h3M7 8h6.5M11 5.5l2.5 2.5l-2.5 2.5',
  lock: 'M4 7.5h8v5.5h-8zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2',
  search: 'M7 3a4 4 0 1 0 0 8a4 4 0 1 0 0-8M10 10l3.5 3.5',
  sun: 'M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4',
  moon: 'M12.8 9.8a5.2 5.2 0 0 1-6.6-6.6a5.2 5.2 0 1 0 6.6 6.6z',
  screen: 'M2 3.5h12v8h-12zM6 14h4M8 11.5v2.5',
  swap: 'M2.5 5.5h10M10 3l2.5 2.5l-2.5 2.5M13.5 10.5h-10M6 8l-2.5 2.5l2.5 2.5',
  split: 'M2 3.5h12v9h-12zM8 3.5v9',
  machines: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1',
  down: 'M4 6l4 4l4-4',
  monitor:
    'M6 3.5c-1.5 0-2 .6-2 1.8v1.2c0 .9-.6 1.5-1.5 1.5c.9 0 1.5.6 1.5 1.5v1.2c0 1.2.5 1.8 2 1.8M10 3.5c1.5 0 2 .6 2 1.8v1.2c0 .9.6 1.5 1.5 1.5c-.9 0-1.5.6-1.5 1.5v1.2c0 1.2-.5 1.8-2 1.8',
  line: 'M3 4l3.5 3.5l-3.5 3.5M8 12h5',
  text: 'M2.5 3.5h11v9h-11zM5 7h6M5 9.5h4',
  guest: 'M8 3a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M3.5 13.5c.3-2.8 2-4 4.5-4s4.2 1.2 4.5 4',
  warning: 'M8 2.5l6 11h-12zM8 6.5v3.5M8 11.8v.2',
} as const

/** The name of a sign. */
export type IconName = keyof typeof drawings

/** The path data of a sign. */
export function drawingOf(name: IconName): string {
  return drawings[name]
}

/** All of them, for the gallery. */
export const iconNames = Object.keys(drawings) as readonly IconName[]
