import { describe, expect, test } from 'vitest'
import { mayMove, moves } from './connection.ts'
import type { ConnectionKind } from './connection.ts'

const kinds = Object.keys(moves) as ConnectionKind[]

// The whole table, by hand: rows from, columns to, in the order of `order`. A change here is a decision.
const order: readonly ConnectionKind[] = [
  'idle',
  'connecting',
  'greeting',
  'occupied',
  'negotiating',
  'synchronising',
  'silent',
  'ready',
  'lost',
  'ended',
]
const allowed: Readonly<Record<ConnectionKind, string>> = {
  idle: '.x.......x',
  connecting: '..x..x..xx',
  greeting: '...xx...xx',
  occupied: '....x...xx',
  negotiating: '.......xxx',
  synchronising: '......xxxx',
  silent: '.......xxx',
  ready: '.....x..xx',
  lost: '.x.......x',
  ended: '.x........',
}

describe('the moves of a connection', () => {
  test('the table knows every kind', () => {
    expect([...kinds].sort()).toEqual([...order].sort())
  })

  test.each(order.flatMap((from) => order.map((to) => [from, to] as const)))('%s -> %s', (from, to) => {
    expect(mayMove(from, to)).toBe(allowed[from][order.indexOf(to)] === 'x')
  })

  test('every state can be left, and every state but the first can be reached', () => {
    for (const kind of kinds) expect(moves[kind].length).toBeGreaterThan(0)
    const reached = new Set<ConnectionKind>(['idle'])
    const open: ConnectionKind[] = ['idle']
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      for (const to of moves[from]) {
        if (reached.has(to)) continue
        reached.add(to)
        open.push(to)
      }
    }
    expect(reached.size).toBe(kinds.length)
  })

  test('whoever is connected can be disconnected by a person', () => {
    for (const kind of kinds) if (kind !== 'ended') expect(mayMove(kind, 'ended')).toBe(true)
  })
})
