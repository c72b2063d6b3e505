/**
 * The film strip of a screen: small pictures while it is on, one every 2 s where something changed. Off until a person asks, and
 * kept in this page only, unless it is saved with the recording. Tested by e2e/film.spec.ts.
 */
import { withFrame } from '#trace/film/film-frames.ts'
import type { FilmReel } from '#trace/film/film-frames.ts'
import type { FilmPicture } from '#state/machine/recorded-film.ts'
import { scaledPicture } from '../scaled-picture.ts'

/** Milliseconds between two looks. A look at a screen of 1920 × 1080 takes 8 ms; a film of twice as many is twice as large. */
const lookMs = 2000
/** Pixels of the longer side of a picture: what happens can be told, and letters of a console can be guessed. */
const longest = 320

const empty: FilmReel<FilmPicture> = { frames: [], bytes: 0, gone: 0 }

/** The film of one screen. */
export class Film {
  /** The canvas of the screen while it shows something. */
  readonly #canvas: () => HTMLCanvasElement | undefined
  #reel = $state.raw(empty)
  #isOn = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The last picture as the browser wrote it: equal bytes are an equal picture. */
  #last = ''

  constructor(canvas: () => HTMLCanvasElement | undefined) {
    this.#canvas = canvas
  }

  get isOn(): boolean {
    return this.#isOn
  }

  get reel(): FilmReel<FilmPicture> {
    return this.#reel
  }

  start(): void {
    if (this.#isOn) return
    this.#isOn = true
    void this.#look()
  }

  /** No more pictures; those that are there stay. */
  stop(): void {
    this.#isOn = false
    clearTimeout(this.#timer)
  }

  clear(): void {
    for (const { url } of this.#reel.frames) URL.revokeObjectURL(url)
    this.#reel = empty
    this.#last = ''
  }

  dispose(): void {
    this.stop()
    this.clear()
  }

  async #look(): Promise<void> {
    const canvas = this.#canvas()
    // A hidden page draws nothing.
    if (canvas !== undefined && document.visibilityState === 'visible') await this.#take(canvas)
    if (this.#isOn) this.#timer = setTimeout(() => void this.#look(), lookMs)
  }

  async #take(canvas: HTMLCanvasElement): Promise<void> {
    const at = Date.now()
    const picture = await scaledPicture(canvas, longest)
    if (picture === undefined || !this.#isOn) return
    const text = new TextDecoder('latin1').decode(await picture.blob.arrayBuffer())
    if (text === this.#last) return
    this.#last = text
    const url = URL.createObjectURL(picture.blob)
    const { reel, dropped } = withFrame(this.#reel, { at, bytes: picture.blob.size, blob: picture.blob, url })
    for (const each of dropped) URL.revokeObjectURL(each.url)
    this.#reel = reel
  }
}
