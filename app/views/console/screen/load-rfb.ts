/** The door to noVNC's code: 55 KB that only a screen needs. On some phones its import never ends. */
import { later } from '#state/later.ts'

/** Loads it once. Undefined where it does not come. */
export const loadRfb = later(() => import('./guarded-rfb.ts'))
