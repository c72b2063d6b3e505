/** Pictures to take away: an SVG element as a file of its own, and as PNG. */

/** Properties that a picture needs when its style sheet is gone. */
const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'font-weight',
  'opacity',
] as const

/** The most pixels of a PNG, each way: a larger canvas fails without an error. */
const largest = 8000

/**
 * An SVG element as a document of its own, with the colours that it has on screen. `box` is the part that is wanted, in
 * the units of its content. Panning and zooming is expected in one `g` with a transform, which is removed.
 */
export function svgText(
  svg: SVGSVGElement,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = svg.querySelectorAll<SVGElement>('*')
  copy.querySelectorAll<SVGElement>('*').forEach((element, index) => {
    const original = originals[index]
    if (original === undefined) return
    const style = getComputedStyle(original)
    for (const name of properties) {
      const value = style.getPropertyValue(name)
      if (value !== '') element.setAttribute(name, value)
    }
    for (const name of ['class', 'tabindex', 'role', 'aria-label']) element.removeAttribute(name)
  })
  copy.querySelector('g')?.removeAttribute('transform')
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`)
  copy.setAttribute('width', String(Math.ceil(box.width)))
  copy.setAttribute('height', String(Math.ceil(box.height)))
  for (const name of ['class', 'tabindex', 'role']) copy.removeAttribute(name)
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries(box)) ground.setAttribute(name, String(value))
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor)
  copy.prepend(ground)
  return new XMLSerializer().serializeToString(copy)
}

/** An SVG document as PNG, twice its size where that is not too large. Throws where the browser cannot draw it. */
export async function pngOf(text: string, width: number, height: number): Promise<Blob> {
  const scale = Math.min(2, largest / Math.max(width, height))
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.ceil(width * scale)
    canvas.height = Math.ceil(height * scale)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('this browser has no canvas')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('the picture is too large for this browser'))
        else resolve(blob)
      }, 'image/png')
    })
  } finally {
    URL.revokeObjectURL(url)
  }
}
