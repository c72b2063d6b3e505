/** Numbers in the order in which they came, the last 3,600 and up to a quarter more; the oldest go first. */

/** Samples that are kept: an hour at one a second, as plots of objects. */
export const mostKept = 3600
/** So that it is moved seldom. */
const room = mostKept + mostKept / 4
const first = 64

/** A column of numbers. */
export class SampleColumn {
  #room = new Float64Array(first)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** A look at the numbers; no longer right once another one came. */
  get values(): Float64Array {
    return this.#room.subarray(0, this.#length)
  }

  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#room[this.#length - 1]
  }

  push(value: number): void {
    if (this.#length === room) {
      this.#room.copyWithin(0, room - mostKept + 1)
      this.#length = mostKept - 1
    } else if (this.#length === this.#room.length) {
      const wider = new Float64Array(Math.min(room, this.#room.length * 2))
      wider.set(this.#room)
      this.#room = wider
    }
    this.#room[this.#length] = value
    this.#length += 1
  }

  /** This many that are not known: columns of one plot are equally long. */
  fill(length: number): void {
    for (let n = this.#length; n < length; n += 1) this.push(Number.NaN)
  }
}

/** The places of the times in a stretch, both ends included; `times` rise. */
export function timesBetween(
  times: Float64Array,
  from: number,
  to: number,
): readonly [first: number, end: number] {
  const start = placeOf(times, (each) => each >= from)
  return [
    start,
    Math.max(
      start,
      placeOf(times, (each) => each > to),
    ),
  ]
}

/** The first place where it is so. */
function placeOf(times: Float64Array, isSo: (time: number) => boolean): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isSo(times[middle] ?? Number.POSITIVE_INFINITY)) high = middle
    else low = middle + 1
  }
  return low
}
