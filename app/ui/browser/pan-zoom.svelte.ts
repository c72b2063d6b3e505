/** A window onto a picture that is larger than its place: panned by dragging and keys, zoomed by wheel, pinch and keys. */

const smallest = 0.05
const most = 4

/** Where the window is. A point of the picture is at `x + scale * point` of the place. */
export class PanZoom {
  x = $state(0)
  y = $state(0)
  scale = $state(1)
  #pointers = new Map<number, { x: number; y: number }>()

  get transform(): string {
    return `translate(${this.x} ${this.y}) scale(${this.scale})`
  }

  /** Zoom by a factor; the point of the place stays where it is. */
  zoom(factor: number, at: { readonly x: number; readonly y: number }): void {
    const scale = Math.min(most, Math.max(smallest, this.scale * factor))
    const real = scale / this.scale
    this.x = at.x - (at.x - this.x) * real
    this.y = at.y - (at.y - this.y) * real
    this.scale = scale
  }

  pan(dx: number, dy: number): void {
    this.x += dx
    this.y += dy
  }

  /** Show all of a picture in a place, no larger than life. */
  fit(
    picture: { readonly width: number; readonly height: number },
    place: { readonly width: number; readonly height: number },
  ): void {
    const scale = Math.min(1, place.width / picture.width, place.height / picture.height)
    this.scale = Math.max(smallest, Number.isFinite(scale) ? scale : 1)
    this.x = Math.max(0, (place.width - picture.width * this.scale) / 2)
    this.y = Math.max(0, (place.height - picture.height * this.scale) / 2)
  }

  /** Bring a point of the picture into the middle of the place. */
  centre(point: { readonly x: number; readonly y: number }, place: { width: number; height: number }): void {
    this.x = place.width / 2 - point.x * this.scale
    this.y = place.height / 2 - point.y * this.scale
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault()
    const box = (event.currentTarget as Element).getBoundingClientRect()
    this.zoom(Math.exp(-event.deltaY * 0.0015), { x: event.clientX - box.left, y: event.clientY - box.top })
  }

  readonly #down = (event: PointerEvent): void => {
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  }

  readonly #move = (event: PointerEvent): void => {
    const before = this.#pointers.get(event.pointerId)
    if (before === undefined) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    if (other === undefined) this.pan(now.x - before.x, now.y - before.y)
    else {
      // Two fingers: the part of the picture between them stays between them.
      const away = (point: { x: number; y: number }): number =>
        Math.hypot(point.x - other.x, point.y - other.y)
      const box = (event.currentTarget as Element).getBoundingClientRect()
      this.zoom(away(now) / Math.max(1, away(before)), {
        x: (now.x + other.x) / 2 - box.left,
        y: (now.y + other.y) / 2 - box.top,
      })
    }
    this.#pointers.set(event.pointerId, now)
  }

  readonly #up = (event: PointerEvent): void => {
    this.#pointers.delete(event.pointerId)
  }

  /** What the place of the picture listens to. */
  readonly pointer = {
    onwheel: this.#wheel,
    onpointerdown: this.#down,
    onpointermove: this.#move,
    onpointerup: this.#up,
    onpointercancel: this.#up,
    onpointerleave: this.#up,
  }

  /** The keys that every picture has. True where it was one of them. */
  key(key: string, place: { readonly width: number; readonly height: number }): boolean {
    const middle = { x: place.width / 2, y: place.height / 2 }
    if (key === '+' || key === '=') this.zoom(1.25, middle)
    else if (key === '-') this.zoom(0.8, middle)
    else return false
    return true
  }
}
