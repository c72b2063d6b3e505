/**
 * When pictures on a canvas are drawn, and on what.
 * @adr 0031
 */

/** A picture that is drawn when something has changed, once for however many changes. */
export interface Drawing {
  readonly schedule: () => void
  readonly stop: () => void
}

/**
 * Draw with the next frame; in a flood after it. The list of the same page changes whole with each frame then, and list
 * and pictures would block the page for the sum of both.
 */
export function createDrawing(draw: () => void, isFlood: () => boolean): Drawing {
  let frame = 0
  let behind: ReturnType<typeof setTimeout> | undefined

  function drawNow(): void {
    frame = 0
    draw()
  }

  return {
    schedule() {
      if (frame !== 0) return
      frame = requestAnimationFrame(() => {
        if (isFlood()) behind = setTimeout(drawNow)
        else drawNow()
      })
    },
    stop() {
      cancelAnimationFrame(frame)
      clearTimeout(behind)
    },
  }
}

/** The context of a canvas of a size in CSS pixels, scaled to CSS pixels. The drawing stays where the size is the same. */
export function contextOf(
  canvas: HTMLCanvasElement | null | undefined,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  if (canvas === null || canvas === undefined || width === 0 || height === 0) return undefined
  const scale = globalThis.devicePixelRatio
  const wide = Math.round(width * scale)
  const high = Math.round(height * scale)
  // To set the size, though it be the same, makes a new picture.
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  const context = canvas.getContext('2d')
  context?.setTransform(scale, 0, 0, scale, 0, 0)
  return context ?? undefined
}
