import { expect, test } from 'vitest'
import { own, put } from './own.ts'

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'no object has a member %s but one that was made',
  (name) => {
    const object: Record<string, number> = {}
    expect(own(object, name)).toBeUndefined()
    put(object, name, 1)
    expect(own(object, name)).toBe(1)
    expect(Object.keys(object)).toEqual([name])
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
    expect(own(undefined, name)).toBeUndefined()
  },
)
