/**
 * The accelerators of the framer. Each only saves time: switched off, the same messages come by the plain path
 * (a text, then JSON.parse), in the same order and with the same bytes. framer.test.ts compares all combinations.
 * @adr 0032, 0033
 */

/** Which accelerators are on. */
export interface Accelerators {
  /** Events as QEMU prints them are recognised in their bytes, without an object (printed-event.ts). */
  readonly printedEvents: boolean
  /** Other lines, and objects of several lines, are parsed from their bytes, without a text (base/json/bytes.ts). */
  readonly jsonBytes: boolean
}

/** Off: an event costs about three times as much to record. */
const printedEvents = true
/** Off: framing has about 0.6 of the speed of JSON.parse instead of 0.9, pretty-printed 0.38 instead of 0.5; the goal is in lab/bench/framing.ts. */
const jsonBytes = true

/** Those of the program. Tests choose their own. */
export const accelerators: Accelerators = { printedEvents, jsonBytes }
