/**
 * SHA-256 of bytes that come in pieces. The platform's own wants all of them at once, and is missing on a page that came by
 * plain HTTP. FIPS 180-4.
 */

const blockBytes = 64

/** The first 64 primes: the constants of SHA-256 are parts of their roots. */
const primes = ((): readonly number[] => {
  const found: number[] = []
  for (let next = 2; found.length < 64; next += 1)
    if (found.every((each) => next % each !== 0)) found.push(next)
  return found
})()

/** The first 32 bits after the binary point. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32)
const additions = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)) | 0)
const beginning = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)) | 0)

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** The hash of what was added so far. */
export class Sha256 {
  readonly #state = Int32Array.from(beginning)
  readonly #words = new Int32Array(64)
  readonly #block = new Uint8Array(blockBytes)
  readonly #view = new DataView(this.#block.buffer)
  #filled = 0
  #bytes = 0

  /** Add the next piece. */
  add(piece: Uint8Array): void {
    this.#bytes += piece.length
    let at = 0
    while (at < piece.length) {
      const part = piece.subarray(at, at + blockBytes - this.#filled)
      this.#block.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === blockBytes) this.#digestBlock()
    }
  }

  /** In hexadecimal. Nothing can be added afterwards. */
  end(): string {
    const bits = this.#bytes * 8
    this.add(Uint8Array.of(0x80))
    this.add(new Uint8Array((2 * blockBytes - 8 - this.#filled) % blockBytes))
    const length = new DataView(new ArrayBuffer(8))
    length.setUint32(0, Math.floor(bits / 2 ** 32))
    length.setUint32(4, bits >>> 0)
    this.add(new Uint8Array(length.buffer))
    return [...this.#state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #digestBlock(): void {
    this.#filled = 0
    const words = this.#words
    const view = this.#view
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(at * 4)
    for (let at = 16; at < 64; at += 1) {
      const near = words[at - 2] ?? 0
      const far = words[at - 15] ?? 0
      const low = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3)
      const high = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10)
      words[at] = ((words[at - 16] ?? 0) + low + (words[at - 7] ?? 0) + high) | 0
    }
    // By their numbers: an iterator would take longer than the sums.
    const state = this.#state
    let [a, b, c, d] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0]
    let [e, f, g, h] = [state[4] ?? 0, state[5] ?? 0, state[6] ?? 0, state[7] ?? 0]
    for (let at = 0; at < 64; at += 1) {
      const high = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
      const one = (h + high + ((e & f) ^ (~e & g)) + (additions[at] ?? 0) + (words[at] ?? 0)) | 0
      const low = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + one) | 0
      d = c
      c = b
      b = a
      a = (one + two) | 0
    }
    const sums = [a, b, c, d, e, f, g, h]
    for (let at = 0; at < 8; at += 1) state[at] = ((state[at] ?? 0) + (sums[at] ?? 0)) | 0
  }
}
