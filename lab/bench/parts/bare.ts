/**
 * What runs in a bare page: the same work as the app's with nothing but the browser. Each function is handed to a page
 * whole, so it uses nothing of this file.
 */

/** Fetch a recorded schema, parse it, and draw the first rows of its list. Resolves when they are painted. */
export async function drawSchema(file: string): Promise<void> {
  const response = await fetch(`./schemas/${file}.json`)
  const schema = JSON.parse(await response.text()) as readonly { name: string; 'meta-type': string }[]
  const list = document.createElement('ul')
  const rows = schema.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 60)
  for (const row of rows) {
    const item = document.createElement('li')
    for (const text of [row['meta-type'], row.name])
      item.append(Object.assign(document.createElement('span'), { textContent: text }))
    list.append(item)
  }
  document.body.replaceChildren(list)
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

/** Fetch the manual, cut it into lines, and take the escapes of a man page off each. */
export async function readManual(): Promise<void> {
  const { manuals } = (await (await fetch('./manuals.json')).json()) as {
    manuals: readonly { of: string; file: string }[]
  }
  const file = manuals.find((each) => each.of === 'qemu')?.file ?? ''
  const text = await (await fetch(`./${file}`)).text()
  const lines = text.split('\n').map((line) => line.replace(/\\f[A-Z]|\\&|<[^<>]*>/g, '').trim())
  document.title = `${lines.filter((line) => line !== '').length} lines`
}

/** A search box over the names of a schema: what is found is drawn at each key, forty rows at most. */
export async function openSearch(file: string): Promise<void> {
  const schema = (await (await fetch(`./schemas/${file}.json`)).json()) as readonly { name: string }[]
  const box = document.createElement('input')
  const list = document.createElement('ul')
  document.body.replaceChildren(box, list)
  box.addEventListener('input', () => {
    const found = schema.filter(({ name }) => name.toLowerCase().includes(box.value.toLowerCase()))
    const items = found
      .slice(0, 40)
      .map(({ name }) => Object.assign(document.createElement('li'), { textContent: name }))
    list.replaceChildren(...items)
  })
  box.focus()
}

/** A text field, and beside it what is in it, parsed as JSON where it is JSON. */
export function openField(text: string): void {
  const field = document.createElement('textarea')
  const output = document.createElement('output')
  field.value = text
  document.body.replaceChildren(field, output)
  field.addEventListener('input', () => {
    try {
      output.value = JSON.stringify(JSON.parse(field.value))
    } catch {
      output.value = field.value
    }
  })
  field.focus()
  field.setSelectionRange(0, 0)
}

/** A field that opens a list of names at each key; with an address, of the names that a machine sends. */
export async function openCompletion(url: string): Promise<void> {
  const field = document.createElement('textarea')
  const list = document.createElement('ul')
  document.body.replaceChildren(field, list)
  let ask = (): Promise<readonly string[]> =>
    Promise.resolve(Array.from({ length: 40 }, (_, index) => `option${index}`))
  if (url !== '') {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    // The browser keeps a page that it has left for a while; a monitor has one client at a time.
    addEventListener('pagehide', () => socket.close())
    const next = (): Promise<string> =>
      new Promise((resolve) => {
        socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(new TextDecoder().decode(data))
      })
    const call = (command: string): Promise<string> => {
      const reply = next()
      socket.send(new TextEncoder().encode(`{"execute":"${command}","id":1}`))
      return reply
    }
    await next()
    await call('qmp_capabilities')
    ask = async () => {
      const { return: nodes } = JSON.parse(await call('query-named-block-nodes')) as {
        return: readonly { 'node-name': string }[]
      }
      return nodes.map((each) => each['node-name'])
    }
  }
  field.addEventListener('input', () => {
    void ask().then((names) => {
      list.replaceChildren(
        ...names.map((name) => Object.assign(document.createElement('li'), { textContent: name })),
      )
    })
  })
  field.focus()
}

/** A socket to a QMP server: `bare.call(command)` resolves with the value that the command returns. */
export async function openSocket(url: string): Promise<void> {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  let pieces: Uint8Array[] = []
  let wake: (value: unknown) => void = () => undefined
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const piece = new Uint8Array(data)
    pieces.push(piece)
    if (piece.at(-1) !== 10) return
    const decoder = new TextDecoder()
    const text = pieces.map((each) => decoder.decode(each, { stream: true })).join('')
    pieces = []
    wake((JSON.parse(text) as { readonly return?: unknown }).return)
  }
  const next = (): Promise<unknown> => new Promise((resolve) => (wake = resolve))
  const call = (command: string): Promise<unknown> => {
    const reply = next()
    socket.send(new TextEncoder().encode(`{"execute":"${command}","id":1}\r\n`))
    return reply
  }
  await next()
  await call('qmp_capabilities')
  Object.assign(globalThis, { bare: { call } })
}

/** A list that draws the rows in sight and no others, each as five cells; `selector` for it is `.bare-list`. */
export function openList(rows: number): void {
  const rowHeight = 24
  // An element cannot be as high as a million rows.
  const height = Math.min(rows * rowHeight, 8_000_000)
  const list = document.createElement('div')
  const inside = document.createElement('div')
  list.className = 'bare-list'
  Object.assign(list.style, { height: '600px', overflow: 'auto', position: 'relative' })
  Object.assign(inside.style, { height: `${height}px` })
  list.append(inside)
  document.body.replaceChildren(list)
  const draw = (): void => {
    const first = Math.floor((list.scrollTop / (height - 600)) * (rows - 25))
    const shown = Array.from({ length: 25 }, (_, index) => {
      const row = document.createElement('div')
      Object.assign(row.style, { position: 'absolute', top: `${list.scrollTop + index * rowHeight}px` })
      for (let cell = 0; cell < 5; cell += 1) {
        row.append(
          Object.assign(document.createElement('span'), {
            textContent: `cell ${cell} of row ${first + index} `,
          }),
        )
      }
      return row
    })
    inside.replaceChildren(...shown)
  }
  list.addEventListener('scroll', () => requestAnimationFrame(draw))
  draw()
}

/** A canvas that is drawn at each wheel and key: twelve lanes of a thousand bars, as high as counts of its own rows. */
export function openCanvas(rows: number): void {
  const canvas = document.createElement('canvas')
  canvas.className = 'bare-canvas'
  Object.assign(canvas, { width: 1000, height: 400, tabIndex: 0 })
  document.body.replaceChildren(canvas)
  const context = canvas.getContext('2d')
  const times = Float64Array.from({ length: rows }, (_, index) => index)
  let from = 0
  let to = rows
  const draw = (): void => {
    const bins = new Uint32Array(1000)
    for (const at of times) {
      if (at < from || at >= to) continue
      const bin = Math.floor(((at - from) / (to - from)) * 1000)
      bins[bin] = (bins[bin] ?? 0) + 1
    }
    context?.clearRect(0, 0, 1000, 400)
    for (let lane = 0; lane < 12; lane += 1) {
      if (context !== null) context.fillStyle = `hsl(${lane * 30} 60% 50%)`
      for (let x = 0; x < 1000; x += 1) {
        const height = Math.min(30, bins[(x * 7 + lane) % 1000] ?? 0)
        context?.fillRect(x, lane * 33 + 30 - height, 1, height)
      }
    }
  }
  const change = (share: number): void => {
    const middle = (from + to) / 2
    const half = Math.min(rows / 2, Math.max(500, ((to - from) / 2) * share))
    from = middle - half
    to = middle + half
    requestAnimationFrame(draw)
  }
  canvas.addEventListener('wheel', ({ deltaY }) => change(deltaY < 0 ? 0.95 : 1.05))
  canvas.addEventListener('keydown', ({ key }) => change(key === 'w' || key === 'd' ? 0.95 : 1.05))
  draw()
}
