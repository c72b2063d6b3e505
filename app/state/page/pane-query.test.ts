import { expect, test } from 'vitest'
import { changeQuery, queryWith } from './pane-query.ts'
import { parseRoute } from './route.ts'
import type { Route } from './route.ts'

const current: Route = { ...parseRoute(''), query: { node: 'disk0', as: 'table' } }

test('members of a query are replaced, added, and taken away by an empty text', () => {
  expect(queryWith({ current }, { node: 'disk1', find: 'x', as: '' })).toEqual({ node: 'disk1', find: 'x' })
  expect(current.query).toEqual({ node: 'disk0', as: 'table' })
})

test('a change is a step in the history', () => {
  const gone: Partial<Route>[] = []
  changeQuery({ current, go: (parts) => void gone.push(parts) }, { as: '' })
  expect(gone).toEqual([{ query: { node: 'disk0' } }])
})
