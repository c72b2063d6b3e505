/** A small picture of a screen, from the canvas that shows it. Tested by e2e/dashboard.spec.ts. */

/** A picture, smaller than the screen. Sizes in pixels. */
export interface ScaledPicture {
  readonly blob: Blob
  readonly width: number
  readonly height: number
}

/** JPEG at this quality: a text console of 320 pixels takes 6 KB. PNG takes four times that, below 0.5 letters blur. */
const quality = 0.7

/** Draw a canvas smaller: at most `longest` pixels a side. Undefined where the browser makes no picture of it. */
export async function scaledPicture(
  canvas: HTMLCanvasElement,
  longest: number,
): Promise<ScaledPicture | undefined> {
  const scale = Math.min(1, longest / Math.max(canvas.width, canvas.height, 1))
  const small = document.createElement('canvas')
  small.width = Math.max(1, Math.round(canvas.width * scale))
  small.height = Math.max(1, Math.round(canvas.height * scale))
  const context = small.getContext('2d')
  if (context === null || canvas.width === 0) return undefined
  context.imageSmoothingQuality = 'high'
  context.drawImage(canvas, 0, 0, small.width, small.height)
  const blob = await new Promise<Blob | null>((done) => small.toBlob(done, 'image/jpeg', quality))
  return blob === null ? undefined : { blob, width: small.width, height: small.height }
}
