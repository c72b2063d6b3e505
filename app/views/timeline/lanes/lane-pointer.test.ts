import { beforeEach, describe, expect, test } from 'vitest'
import { LanePointer } from './lane-pointer.ts'

/** What the pointer asked for, in order. */
let asked: string[] = []
let pointer: LanePointer

beforeEach(() => {
  asked = []
  const tell =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      asked.push([name, ...values.map((value) => JSON.stringify(value))].join(' '))
    }
  pointer = new LanePointer({
    place: ({ clientX, clientY }) => ({ x: clientX, y: clientY }),
    snapped: ({ x }) => x * 10,
    hover: ({ x }) => tell('hover')(x),
    leave: tell('leave'),
    click: ({ x }) => tell('click')(x),
    lift: tell('lift'),
    drag: tell('drag'),
    drop: tell('drop'),
    pan: tell('pan'),
    zoom: (factor, x) => tell('zoom')(Math.round(factor * 100) / 100, x),
  })
})

function event(x: number, more: object = {}): PointerEvent & WheelEvent & { currentTarget: Element } {
  return {
    ...{ clientX: x, clientY: 50, pointerId: 1, pointerType: 'mouse', button: 0, shiftKey: false },
    ...{ currentTarget: { setPointerCapture: () => undefined }, preventDefault: () => undefined },
    ...more,
  } as unknown as PointerEvent & WheelEvent & { currentTarget: Element }
}

const finger = (pointerId: number) => ({ pointerId, pointerType: 'touch' })

describe('the pointer on the lanes', () => {
  test('a press that hardly moves is a click', () => {
    pointer.down(event(100))
    pointer.move(event(103))
    pointer.up(event(103))
    expect(asked).toEqual(['hover 103', 'click 103'])
  })

  test('a drag selects a range from where it began, by time', () => {
    pointer.down(event(100))
    pointer.move(event(110))
    pointer.move(event(90))
    pointer.up(event(90))
    expect(asked).toEqual(['lift', 'drag 1000 1100', 'drag 1000 900', 'drop'])
  })

  test.each([
    ['Shift', { shiftKey: true }],
    ['the middle button', { button: 1 }],
    ['a finger', finger(1)],
  ])('with %s it pans', (_, how) => {
    pointer.down(event(100, how))
    pointer.move(event(110, how))
    pointer.move(event(105, how))
    pointer.up(event(105, how))
    expect(asked).toEqual(['lift', 'pan -10', 'pan 5', 'drop'])
  })

  test('two fingers zoom between them, and neither clicks', () => {
    pointer.down(event(100, finger(1)))
    pointer.down(event(200, finger(2)))
    pointer.move(event(300, finger(2)))
    pointer.up(event(300, finger(2)))
    pointer.up(event(100, finger(1)))
    expect(asked).toEqual(['zoom 0.5 200'])
  })

  test('the wheel zooms around the pointer, sideways or with Shift it pans', () => {
    pointer.wheel(event(40, { deltaX: 0, deltaY: -300 }))
    pointer.wheel(event(40, { deltaX: 30, deltaY: 10 }))
    pointer.wheel(event(40, { deltaX: 0, deltaY: 20, shiftKey: true }))
    expect(asked).toEqual(['zoom 0.37 40', 'pan 30', 'pan 20'])
  })

  test('it rests where it was last, until it leaves', () => {
    pointer.move(event(70))
    expect(pointer.resting).toEqual({ x: 70, y: 50 })
    pointer.leave()
    expect(pointer.resting).toBeUndefined()
    expect(asked).toEqual(['hover 70', 'leave'])
  })

  test('the right button and another pointer do nothing', () => {
    pointer.down(event(100, { button: 2 }))
    pointer.up(event(100, { button: 2 }))
    pointer.down(event(100))
    pointer.up(event(100, { pointerId: 7 }))
    expect(asked).toEqual([])
    expect(pointer.isPressed).toBe(true)
  })
})
