import { describe, expect, test } from 'vitest'
import { laneCode } from '#record/lanes.ts'
import type { RowView } from '#record/row.ts'
import { hitAt, snapTo } from '../hit-test.ts'
import { colours, fakeContext, sceneOf, trackOf } from '../testing/scene.ts'
import type { RowSpec } from '../testing/scene.ts'
import { drawLanes } from './draw.ts'
import type { HitTarget, Scene } from './scene.ts'

function draw(scene: Scene): { readonly hits: readonly HitTarget[]; readonly drawn: readonly string[] } {
  const { context, drawn } = fakeContext()
  return { hits: drawLanes(context, scene, colours), drawn }
}

/** The middle of a lane, in pixels of the picture. */
function middleOf(scene: Scene, name: string): number {
  const row = scene.rows.find(({ spec }) => spec.name === name)
  if (row === undefined) throw new Error(`no lane ${name}`)
  return 22 + row.y + row.height / 2
}

const scale = { timeAt: (x: number) => x, xOf: (ms: number) => ms }

describe('the picture of the lanes', () => {
  test('a command is a bar from its start to its end', () => {
    const scene = sceneOf([[5, 400, 'reply', 100]], [])
    const { hits, drawn } = draw(scene)
    const hit = hitAt({ scene, hits }, 350, middleOf(scene, 'commands'))
    expect(hit).toMatchObject({ what: { kind: 'row', id: { seq: 5 } }, edges: [300, 400] })
    expect(drawn.filter((each) => each.startsWith('fillRect 300 ') && each.includes('accent'))).toHaveLength(
      2,
    )
  })

  test('what failed is told apart without its colour', () => {
    const { drawn } = draw(sceneOf([[0, 400, 'error', 2]], []))
    expect(drawn.some((each) => each.startsWith('stroke ') && each.includes('danger 1 2'))).toBe(true)
  })

  test('what the other lanes have not is a flag in its lane; what took longer has a line under it', () => {
    const compared = {
      zero: 100,
      tone: 'warning' as const,
      differences: {
        at: Float64Array.of(200, 201, 300, 1200),
        lane: Uint8Array.of(laneCode.block, laneCode.block, laneCode.reply, laneCode.reply),
        slowerMs: Float64Array.of(NaN, NaN, 50, 400),
      },
    }
    const scene = sceneOf([[5, 200, 'block']], [], { compared })
    const { drawn } = draw(scene)
    const flags = drawn.filter((each) => each.startsWith('fill ') && each.includes('warning'))
    // The second is on the same pixels.
    expect(flags).toHaveLength(1)
    expect(flags[0]).toMatch(/^fill 200 /)
    const lines = drawn.filter((each) => /^fillRect (250|800) .* 3 warning/.test(each))
    expect(lines).toHaveLength(2)
    expect(drawn.some((each) => /^fillText 0 /.test(each))).toBe(true)
  })

  test('a job is a bar with its progress and its words', () => {
    const track = trackOf({
      ...{ id: 1, kind: 'job', name: 'backup', type: 'mirror', start: 100, end: 600, outcome: 'done' },
      progress: [{ at: 300, current: 1, total: 2 }],
    })
    const scene = sceneOf([], [track])
    const { hits, drawn } = draw(scene)
    expect(hitAt({ scene, hits }, 350, middleOf(scene, 'jobs'))).toMatchObject({
      what: { kind: 'track', track },
      edges: [100, 600],
    })
    expect(drawn.some((each) => each.startsWith('fillText backup (mirror)'))).toBe(true)
    expect(drawn.some((each) => each.startsWith('fill 100 ') && each.endsWith('ok 0.5'))).toBe(true)
  })

  test('between two connections nothing is known', () => {
    const run = (id: number, start: number, end: number | undefined) =>
      trackOf({ id, kind: 'run-state', start, end, phases: [{ at: start, state: 'running', seq: id }] })
    const scene = sceneOf([], [run(1, 100, 300), run(2, 700, undefined)])
    const { hits, drawn } = draw(scene)
    const y = middleOf(scene, 'state')
    expect(drawn.some((each) => each.startsWith('fillText no connection 304'))).toBe(true)
    expect(hitAt({ scene, hits }, 200, y)).toMatchObject({ what: { kind: 'phase' }, edges: [100, 300] })
    expect(hitAt({ scene, hits }, 500, y)).toBeUndefined()
    expect(hitAt({ scene, hits }, 800, y)).toMatchObject({ edges: [700, 900] })
  })

  test('more rows than can be told apart are counted in bins, and found under the pixel', () => {
    const many = Array.from({ length: 1000 }, (_, seq): RowSpec => [seq, 500 + seq / 1000, 'block'])
    const scene = sceneOf(many, [])
    const { hits } = draw(scene)
    const y = middleOf(scene, 'block')
    expect(hitAt({ scene, hits }, 500.5, y)).toMatchObject({ what: { kind: 'rows', count: 1000, from: 0 } })
    expect(hitAt({ scene, hits }, 400, y)).toBeUndefined()
    expect(snapTo({ scene, hits }, scale, 500.9, y)).toBe(500)
  })

  test('an event of an error has a ground under its name, another has none; a mark has its note', () => {
    const viewOf: Scene['viewOf'] = ({ seq }) =>
      ({ row: { kind: 'event', name: seq === 1 ? 'BLOCK_IO_ERROR' : 'STOP' } }) as RowView
    const rows: RowSpec[] = [
      [1, 100, 'trouble'],
      [2, 600, 'block'],
    ]
    const { drawn } = draw(sceneOf(rows, [], { viewOf, marks: [{ at: 300, text: 'here' }] }))
    const grounds = drawn.filter((each) => each.startsWith('fillRect 108 ') && each.includes('danger'))
    expect(grounds).toHaveLength(1)
    expect(
      drawn.some((each) => each.startsWith('fillText BLOCK_IO_ERROR 112') && each.includes('raised')),
    ).toBe(true)
    expect(drawn.some((each) => each.startsWith('fillText STOP 608') && each.includes('text'))).toBe(true)
    expect(drawn.some((each) => each.startsWith('fillRect 608 '))).toBe(false)
    expect(drawn.some((each) => each.startsWith('fillText here '))).toBe(true)
  })

  test('the cursor stands on edges near it, of bars beside it and of marks everywhere', () => {
    const scene = sceneOf([[5, 400, 'reply', 100]], [], { marks: [{ at: 700, text: 'here' }] })
    const { hits } = draw(scene)
    const y = middleOf(scene, 'commands')
    expect(snapTo({ scene, hits }, scale, 404, y)).toBe(400)
    expect(snapTo({ scene, hits }, scale, 303, y)).toBe(300)
    expect(snapTo({ scene, hits }, scale, 404, 590)).toBe(404)
    expect(snapTo({ scene, hits }, scale, 704, 590)).toBe(700)
    expect(snapTo({ scene, hits }, scale, 350, y)).toBe(350)
    expect(hitAt({ scene, hits }, 702, 8)).toMatchObject({ what: { kind: 'mark' } })
  })
})
