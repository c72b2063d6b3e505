/**
 * Mouse, pen and fingers on the lanes: a drag selects a range or pans, two fingers zoom, the wheel zooms around the
 * pointer, a click chooses. Places are pixels of the picture.
 */

/** What the pointer does. */
export interface PointerTarget {
  readonly place: (event: MouseEvent) => Point
  /** The time at a place, or that of an edge near it. */
  readonly snapped: (point: Point) => number
  readonly hover: (point: Point) => void
  /** Nothing is under the pointer. */
  readonly leave: () => void
  readonly click: (point: Point) => void
  /** A press has become a drag. */
  readonly lift: () => void
  /** A range is dragged up to a time. */
  readonly drag: (from: number, to: number) => void
  /** The drag of a range, or of the picture, is over. */
  readonly drop: () => void
  readonly pan: (pixels: number) => void
  /** By a factor (below 1: closer) around a pixel. */
  readonly zoom: (factor: number, x: number) => void
}

/** Pixels from the left and the top of the picture. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A press that moves no further, in pixels, is a click. */
const clickPixels = 3
/** Two fingers nearer than this, in pixels, zoom no more: the factor would jump. */
const leastPinch = 4
/** Pixels of the wheel that zoom by e. A pinch on a touch pad comes as a wheel with Ctrl, in small steps. */
const wheelPixels = 300
const pinchPixels = 60

/** A button or a finger that is down. */
interface PointerPress {
  readonly id: number
  readonly x: number
  /** The time where it began. */
  readonly at: number
  readonly pans: boolean
  moved: boolean
  lastX: number
}

export class LanePointer {
  /** Where the pointer rests over the lanes. */
  resting: Point | undefined
  readonly #target: PointerTarget
  #press: PointerPress | undefined
  /** Fingers on the picture, and the pixel of each. */
  readonly #touches = new Map<number, number>()

  constructor(target: PointerTarget) {
    this.#target = target
  }

  get isPressed(): boolean {
    return this.#press !== undefined
  }

  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault()
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (event.shiftKey || sideways) {
      this.#target.pan(sideways ? event.deltaX : event.deltaY)
      return
    }
    const steps = event.deltaY / (event.ctrlKey ? pinchPixels : wheelPixels)
    this.#target.zoom(Math.exp(Math.max(-1, Math.min(1, steps))), this.#target.place(event).x)
  }

  readonly down = (event: PointerEvent & { readonly currentTarget: Element }): void => {
    if (event.button > 1) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const point = this.#target.place(event)
    const isTouch = event.pointerType === 'touch'
    if (isTouch) {
      this.#touches.set(event.pointerId, point.x)
      if (this.#touches.size > 1) {
        this.#press = undefined
        return
      }
    }
    this.#press = {
      id: event.pointerId,
      x: point.x,
      at: this.#target.snapped(point),
      moved: false,
      pans: event.shiftKey || event.button === 1 || isTouch,
      lastX: point.x,
    }
  }

  readonly move = (event: PointerEvent): void => {
    const point = this.#target.place(event)
    const isTouch = event.pointerType === 'touch'
    if (isTouch && this.#touches.size === 2 && this.#touches.has(event.pointerId)) {
      this.#pinch(event.pointerId, point.x)
      return
    }
    if (this.#press?.id === event.pointerId && this.#drag(this.#press, point)) return
    if (!isTouch) this.hover(point)
  }

  readonly up = (event: PointerEvent): void => {
    this.#touches.delete(event.pointerId)
    if (this.#press?.id !== event.pointerId) return
    const { moved } = this.#press
    this.#press = undefined
    if (moved) this.#target.drop()
    else this.#target.click(this.#target.place(event))
  }

  readonly leave = (): void => {
    this.resting = undefined
    this.#target.leave()
  }

  /** The pointer is there, or what is under it has moved. */
  hover(point: Point): void {
    this.resting = point
    this.#target.hover(point)
  }

  /** Whether the press is a drag by now. */
  #drag(press: PointerPress, point: Point): boolean {
    if (!press.moved) {
      if (Math.abs(point.x - press.x) <= clickPixels) return false
      press.moved = true
      this.#target.lift()
    }
    if (press.pans) {
      this.#target.pan(press.lastX - point.x)
      press.lastX = point.x
    } else {
      this.#target.drag(press.at, this.#target.snapped(point))
    }
    return true
  }

  #pinch(finger: number, x: number): void {
    const other = [...this.#touches].find(([id]) => id !== finger)?.[1] ?? x
    const before = Math.abs((this.#touches.get(finger) ?? x) - other)
    const now = Math.abs(x - other)
    if (before > leastPinch && now > leastPinch) this.#target.zoom(before / now, (x + other) / 2)
    this.#touches.set(finger, x)
  }
}
