import { expect, test } from 'vitest'
import { dismissedBy, freshNotes } from './lab-notes.ts'

const kvm = 'KVM does not work here.'

test('a note is shown until it is dismissed; another one is shown all the same', () => {
  expect(freshNotes([kvm], [])).toEqual([kvm])
  const dismissed = dismissedBy([kvm])
  expect(freshNotes([kvm], dismissed)).toEqual([])
  expect(freshNotes([kvm, 'No image.'], dismissed)).toEqual(['No image.'])
})

test('what is remembered is bounded, whatever a lab says', () => {
  const many = Array.from({ length: 500 }, (_, index) => `${index} ${'long '.repeat(1000)}`)
  const dismissed = dismissedBy(many)
  expect(dismissed).toHaveLength(30)
  expect(Math.max(...dismissed.map((each) => each.length))).toBe(200)
  expect(freshNotes(many.slice(0, 30), dismissed)).toEqual([])
})
