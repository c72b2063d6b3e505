/** The parts of the explorer that look at a whole schema: graph, reach, subsystems, search, related entities. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { firstSentence } from './reference/doc-text.ts'
import { neighbourhood, variantsName } from './model/graph.ts'
import { entityNamed, memberDoc } from './reference/member-doc.ts'
import { reachedBy, reachSizes } from './model/reach.ts'
import { relatedTo } from './related/related.ts'
import type { Definition } from './reference/reference.ts'
import { usesOf, withReference } from './model/schema.ts'
import { search } from './search/search.ts'
import { compareVersions } from './search/versions.ts'
import { subsystemOf } from './model/subsystem.ts'
import { loadSchema } from './testing/load.ts'

const files = [
  'qemu-5.2-x86_64',
  'qemu-7.2-x86_64',
  'qemu-10.0-x86_64',
  'qemu-11.1-x86_64',
  'qemu-storage-daemon-7.2',
]

describe.each(files)('%s', (file) => {
  const schema = loadSchema(file)
  const names = schema.entities.map((each) => each.name)

  test('a graph has only edges between its cards, and counts what it leaves out', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom('out' as const, 'in' as const, 'both' as const),
        fc.integer({ min: 1, max: 120 }),
        fc.boolean(),
        (root, depth, direction, limit, isUnfolded) => {
          const graph = neighbourhood(schema, root, {
            depth,
            direction,
            limit,
            unfolded: new Set(isUnfolded ? names : []),
          })
          const cards = new Map(graph.cards.map((each) => [each.name, each]))
          expect(cards.size).toBe(graph.cards.length)
          expect(graph.cards.length).toBeLessThanOrEqual(limit)
          expect(graph.cards[0]?.name).toBe(root)
          for (const edge of graph.edges) {
            const card = cards.get(edge.from)
            expect(cards.has(edge.to)).toBe(true)
            if (edge.row >= 0) expect(card?.rows[edge.row]?.target).toBe(edge.to)
            else expect(card?.folded).toBeGreaterThan(0)
          }
          if (isUnfolded) expect(graph.cards.every((each) => each.folded === 0)).toBe(true)
          expect(graph.beyond).toBeGreaterThanOrEqual(0)
          expect(graph.unrelated).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: runs(150) },
    )
  })

  test('many variants are one card, which opens to all of them', () => {
    for (const entity of schema.entities) {
      if (entity.kind !== 'object' || entity.variants.length < 8) continue
      const options = { depth: 2, direction: 'out', unfolded: new Set<string>(), limit: 400 } as const
      const [union, folded] = [entity.name, variantsName(entity.name)]
      const types = new Set(entity.variants.map((each) => each.type))
      const isThere = (more: ReadonlyMap<string, boolean>): readonly boolean[] => {
        const cards = neighbourhood(schema, union, { ...options, depth: 1, expanded: more }).cards
        expect(cards.map((each) => each.kind)).toContain('variants')
        return [...types].map((type) => cards.some((each) => each.name === type))
      }
      const direct = new Set(entity.members.map((each) => each.type))
      const opened = isThere(new Map([[folded, true]]))
      const empty = [...types].map((type) => {
        const made = schema.byName.get(type)
        return made?.kind === 'object' && made.members.length + made.variants.length === 0
      })
      expect(opened.every((is, at) => is || empty[at] === true)).toBe(true)
      expect(isThere(new Map()).filter((is, at) => is && !direct.has([...types][at] ?? ''))).toEqual([])
    }
  })

  test('what reaches a type is what finds it when everything is walked', () => {
    const reached = new Map<string, Set<string>>()
    for (const root of schema.entities) {
      if (root.kind !== 'command' && root.kind !== 'event') continue
      const seen = new Set([root.name])
      for (const name of seen) {
        const entity = schema.byName.get(name)
        for (const [type] of entity === undefined ? [] : usesOf(entity))
          if (schema.byName.has(type)) seen.add(type)
      }
      for (const name of seen) {
        const roots = reached.get(name) ?? new Set()
        roots.add(root.name)
        reached.set(name, roots)
      }
    }
    for (const entity of schema.entities) {
      if (entity.kind === 'command' || entity.kind === 'event') continue
      const found = reachedBy(schema, entity.name)
      expect(new Set(found.map((each) => each.root))).toEqual(reached.get(entity.name) ?? new Set())
      expect(found.every((each) => each.path.length > 0)).toBe(true)
    }
    expect(Math.max(...reachSizes(schema).values())).toBeGreaterThan(100)
  })

  test('nearly every command and event belongs to a subsystem', () => {
    const named = schema.entities.filter((each) => each.kind === 'command' || each.kind === 'event')
    const others = named.filter((each) => subsystemOf(each.name) === 'other')
    expect(others.length / named.length).toBeLessThan(0.03)
  })

  test('an exact name comes first, and then the names that differ from it in case', () => {
    for (const names of [['stop', 'STOP'], ['STOP', 'stop'], ['BLOCK_JOB_READY']]) {
      // A storage daemon has no machine to stop.
      const there = names.filter((each) => schema.byName.has(each))
      const { hits } = search(schema, names[0] ?? '')
      expect(hits.slice(0, there.length).map((each) => each.entity.name)).toEqual(there)
    }
  })

  test('the counts of filters are what the filters find', () => {
    const all = search(schema, '')
    for (const [kind, count] of Object.entries(all.kinds)) {
      const found = search(schema, '', { kinds: new Set([kind as 'command']) })
      if (count > 0) expect(found.hits).toHaveLength(count)
    }
    for (const flag of ['deprecated', 'unstable', 'oob', 'no-arguments', 'job'] as const) {
      expect(search(schema, '', { flags: new Set([flag]) }).hits).toHaveLength(all.flags[flag])
    }
    for (const [subsystem, count] of all.subsystems) {
      expect(search(schema, '', { subsystem }).hits).toHaveLength(count)
    }
  })
})

describe('search', () => {
  const schema = loadSchema('qemu-7.2-x86_64')
  const first = (query: string): string | undefined => search(schema, query).hits[0]?.entity.name

  test('exact names, then beginnings, then words, then members, then letters in their order', () => {
    expect(first('quit')).toBe('quit')
    expect(first('blockdev-a')).toBe('blockdev-add')
    expect(
      search(schema, 'del')
        .hits.slice(0, 8)
        .every((each) => each.entity.name.includes('del')),
    ).toBe(true)
    expect(search(schema, 'detect-zeroes').hits.map((each) => each.matched)).toContainEqual({
      in: 'member',
      text: 'detect-zeroes',
    })
    expect(search(schema, 'bldeadd').hits.map((each) => each.entity.name)).not.toContain('blockdev-add')
    expect(search(schema, 'bljr').hits.map((each) => each.entity.name)).toContain('block-job-resume')
  })

  test('jobs are started by what can be given the name of a job', () => {
    const jobs = search(schema, '', { flags: new Set(['job']) }).hits.map((each) => each.entity.name)
    expect(jobs).toEqual(
      expect.arrayContaining(['blockdev-backup', 'block-stream', 'snapshot-save', 'blockdev-create']),
    )
    expect(jobs).not.toContain('query-jobs')
    expect(jobs).not.toContain('job-cancel')
  })

  test('what uses a type, at any depth, and what is new', () => {
    const command = schema.byName.get('blockdev-add')
    const uses = command?.kind === 'command' ? command.argType : ''
    const found = search(schema, '', { uses, kinds: new Set(['command']) }).hits.map(
      (each) => each.entity.name,
    )
    expect(found).toEqual(expect.arrayContaining(['blockdev-add', 'blockdev-reopen']))
    expect(found).not.toContain('query-status')
    const older = loadSchema('qemu-5.2-x86_64')
    const release = { version: '5.2', names: new Set(older.entities.map((each) => each.name)) }
    const fresh = search(schema, '', { newSince: release, kinds: new Set(['command']) }).hits.map(
      (each) => each.entity.name,
    )
    expect(fresh).toContain('query-stats')
    expect(fresh).not.toContain('blockdev-add')
    const both = search(schema, '', { availableIn: release, kinds: new Set(['command']) }).hits.length
    expect(both + fresh.length).toBe(search(schema, '').kinds.command)
  })

  test('versions are compared by their numbers', () => {
    expect(['10.0', '2.12', '2.9', '0.14.0', '2.9.1'].sort(compareVersions)).toEqual([
      '0.14.0',
      '2.9',
      '2.9.1',
      '2.12',
      '10.0',
    ])
  })
})

describe('with a reference', () => {
  const bare = loadSchema('qemu-7.2-x86_64')
  const base: Omit<Definition, 'kind' | 'name'> = {
    chapters: ['Painting'],
    doc: [],
    since: undefined,
    members: [],
    includes: [],
    tag: undefined,
    variants: [],
    returns: undefined,
    returnsDoc: [],
    errors: [],
    features: [],
    examples: [],
    condition: undefined,
    origin: undefined,
  }
  const words = (text: string): Definition['doc'] => [{ kind: 'paragraph', spans: [text] }]
  const definitions: Definition[] = [
    {
      ...base,
      kind: 'command',
      name: 'stop',
      doc: [{ kind: 'paragraph', spans: ['Halts everything. Undone by ', { ref: 'cont' }, '.'] }],
    },
    {
      ...base,
      kind: 'command',
      name: 'balloon',
      includes: ['Basis'],
      members: [
        {
          name: 'value',
          type: undefined,
          optional: false,
          defaultText: undefined,
          doc: words('zebra'),
          since: '9.9',
          features: [],
          condition: undefined,
        },
      ],
    },
    {
      ...base,
      kind: 'object',
      name: 'Basis',
      members: [
        {
          name: 'deep',
          type: undefined,
          optional: false,
          defaultText: undefined,
          doc: words('from the base'),
          since: undefined,
          features: [],
          condition: undefined,
        },
      ],
    },
  ]
  const status = bare.byName.get('query-status')
  const type = status?.kind === 'command' ? status.retType : ''
  const schema = withReference(
    bare,
    { form: 'man', title: 'Demo', version: '1', definitions, issues: [] },
    new Map([[type, 'Basis']]),
  )

  test('texts are found, with the words around the match', () => {
    const { hits } = search(schema, 'everything')
    expect(hits[0]?.entity.name).toBe('stop')
    expect(hits[0]?.matched).toMatchObject({ in: 'documentation', text: 'Halts everything. Undone by cont.' })
    expect(search(schema, 'zebra').hits[0]?.entity.name).toBe('balloon')
  })

  test('real names are found and lead back', () => {
    expect(search(schema, 'basis').hits[0]?.entity.name).toBe(type)
    expect(entityNamed(schema, 'Basis')).toBe(type)
    expect(entityNamed(schema, 'stop')).toBe('stop')
    expect(entityNamed(schema, '12')).toBeUndefined()
  })

  test('a member is described where it comes from', () => {
    expect(memberDoc(schema, ['balloon'], 'value')?.since).toBe('9.9')
    expect(memberDoc(schema, ['balloon'], 'deep')?.doc).toEqual(words('from the base'))
    expect(memberDoc(schema, ['balloon'], 'none')).toBeUndefined()
  })

  test('what is mentioned is related, after what a table knows better', () => {
    const [stop, cont] = [schema.byName.get('stop'), schema.byName.get('cont')]
    if (stop === undefined || cont === undefined) throw new Error('the schema has no stop')
    expect(relatedTo(schema, stop)[0]).toEqual({ name: 'cont', role: 'inverse', why: 'takes it back' })
    expect(relatedTo(schema, cont)[0]).toEqual({ name: 'stop', role: 'inverse', why: 'does the opposite' })
    const balloon = schema.byName.get('balloon')
    expect(balloon === undefined ? [] : relatedTo(schema, balloon).map((each) => each.name)).toEqual(
      expect.arrayContaining(['query-balloon']),
    )
  })

  test('the first sentence ends where a sentence does', () => {
    expect(firstSentence(words('Since 2.10, e.g. a disk. And more.'))).toBe('Since 2.10, e.g. a disk.')
    expect(firstSentence([])).toBe('')
  })
})
