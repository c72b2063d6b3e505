import { expect, test } from 'vitest'
import { classesOf } from './global-classes.js'

test.each([
  ['.a { color: red }', ['a']],
  ['.a.b > .c:not(.d)::before, li .e { color: red }', ['a', 'b', 'c', 'e']],
  // What is excepted is not styled.
  ['.a button:not(.b, .c):hover { color: red }', ['a']],
  ['@container x (max-width: 1.5em) { .a { width: 1.5px } }', ['a']],
  ["/* .a { */ .b::before { content: '.c {' }", ['b']],
  ["[title='.a'] { color: red } .b { margin: .5em }", ['b']],
])('the classes of %s', (css, names) => {
  expect([...classesOf(css).keys()]).toEqual(names)
})
