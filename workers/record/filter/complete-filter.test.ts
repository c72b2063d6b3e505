import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { completeFilter } from './complete-filter.ts'
import type { FilterContext } from './complete-filter.ts'
import { parseFilter } from './language.ts'

const context: FilterContext = {
  names: [
    'BLOCK_JOB_READY',
    'BLOCK_JOB_ERROR',
    'JOB_STATUS_CHANGE',
    'STOP',
    'block-job-cancel',
    'x-odd,name',
  ],
  machines: [
    { id: 'm1', name: 'lab1' },
    { id: 'm2', name: 'my lab' },
  ],
  dataPaths: (name) =>
    name === 'BLOCK_JOB_READY'
      ? [
          { path: 'data.device' },
          { path: 'data.type', values: ['mirror', 'commit', 'back up'] },
          { path: 'data.speed' },
        ]
      : [],
}

/** `|` is the caret. What the text becomes with each option, and where the caret is then. */
function completed(written: string): readonly string[] {
  const caret = written.indexOf('|')
  const text = written.replace('|', '')
  const { from, to, options } = completeFilter(text, caret, context)
  return options.map((each) => `${text.slice(0, from)}${each.text}|${text.slice(to)}`)
}

const fieldsAndRoots = [
  'type:|',
  'kind:|',
  'since:|',
  'until:|',
  'machine:|',
  'lane:|',
  'is:|',
  'id:|',
  'latency>|',
  'size>|',
  'data.|',
  'arguments.|',
  'return.|',
  'error.|',
]

describe('what can stand at the caret', () => {
  test.each<[string, readonly string[]]>([
    ['|', fieldsAndRoots],
    ['x |', fieldsAndRoots.map((each) => `x ${each}`)],
    ['-|', fieldsAndRoots.map((each) => `-${each}`)],
    ['|type:STOP', []],
    ['ty|', ['type:|']],
    ['-MA|', ['-machine:|']],
    ['ty|pe:STOP x', ['type|:STOP x']],
    ['lat|>5 x', ['latency|>5 x']],
    // First what begins with it, then what has it inside.
    ['s|', ['since:|', 'size>|', 'is:|', 'arguments.|', 'type:STOP|', 'type:JOB_STATUS_CHANGE|']],
    ['block_|', ['type:BLOCK_JOB_READY|', 'type:BLOCK_JOB_ERROR|']],
    [
      'type:|',
      [
        'BLOCK_JOB_READY',
        'BLOCK_JOB_ERROR',
        'JOB_STATUS_CHANGE',
        'STOP',
        'block-job-cancel',
        '"x-odd,name"',
      ].map((each) => `type:${each}|`),
    ],
    [
      '-type:job|',
      [
        '-type:JOB_STATUS_CHANGE|',
        '-type:BLOCK_JOB_READY|',
        '-type:BLOCK_JOB_ERROR|',
        '-type:block-job-cancel|',
      ],
    ],
    ['type:STOP,st| x', ['type:STOP,JOB_STATUS_CHANGE| x']],
    ['type:st|,STOP', ['type:JOB_STATUS_CHANGE|,STOP']],
    ['type:S|XX x', ['type:STOP| x', 'type:JOB_STATUS_CHANGE| x']],
    ['type:STOP|', []],
    ['type:stop|', ['type:STOP|']],
    ['machine:|', ['machine:lab1|', 'machine:"my lab"|']],
    ['machine:my|', ['machine:"my lab"|']],
    ['machine:"my l|" x', ['machine:"my lab"| x']],
    ['machine:"my l| x', ['machine:"my lab"| x']],
    ['kind:re|', ['kind:return|', 'kind:reply|']],
    ['lane:own|', ['lane:own-command|', 'lane:own-reply|', 'lane:own-error|']],
    ['is:|', ['is:error|', 'is:own|']],
    ['id:4|', []],
    ['since:|', ['since:1m|', 'since:10m|', 'since:1h|', 'since:1d|']],
    ['since:10|', ['us', 'ms', 's', 'm', 'h', 'd', 'w'].map((each) => `since:10${each}|`)],
    ['until:1h3|', ['us', 'ms', 's', 'm', 'h', 'd', 'w'].map((each) => `until:1h3${each}|`)],
    ['since:14:3|', []],
    ['latency>|', ['latency>1ms|', 'latency>5ms|', 'latency>100ms|', 'latency>1s|']],
    ['latency>=2|', ['us', 'ms', 's', 'm', 'h'].map((each) => `latency>=2${each}|`)],
    ['size<20k|', ['size<20kB|', 'size<20KiB|']],
    ['data.|', []],
    ['type:STOP data.|', []],
    ['type:BLOCK_JOB_READY,STOP data.|', []],
    ['-type:BLOCK_JOB_READY data.|', []],
    [
      'type:block_job_ready data.|',
      ['device', 'type', 'speed'].map((each) => `type:block_job_ready data.${each}|`),
    ],
    ['data.de| type:BLOCK_JOB_READY', ['data.device| type:BLOCK_JOB_READY']],
    ['data.de|v=x type:BLOCK_JOB_READY', ['data.device|=x type:BLOCK_JOB_READY']],
    ['type:BLOCK_JOB_READY spe|', ['type:BLOCK_JOB_READY data.speed|']],
    [
      'type:BLOCK_JOB_READY data.type=|',
      ['mirror', 'commit', '"back up"'].map((each) => `type:BLOCK_JOB_READY data.type=${each}|`),
    ],
    [
      'type:BLOCK_JOB_READY -data.type!=mirror,c|',
      ['mirror,commit', 'mirror,"back up"'].map((each) => `type:BLOCK_JOB_READY -data.type!=${each}|`),
    ],
    ['type:BLOCK_JOB_READY data.device=|', []],
    ['"a ty|', []],
    ['-"ty|"', []],
    ['"a" ty|', ['"a" type:|']],
    ['nothing|', []],
  ])('%s', (written, after) => {
    expect(completed(written)).toEqual(after)
  })

  test('fifty options are the most', () => {
    const names = Array.from({ length: 300 }, (_, at) => `NAME_${at}`)
    expect(completeFilter('type:', 5, { names, machines: [] }).options).toHaveLength(50)
    expect(completeFilter('n', 1, { names, machines: [] }).options).toHaveLength(50)
  })

  test('each has a label and says what it is', () => {
    const texts = [
      '',
      'type:',
      'kind:',
      'lane:',
      'is:',
      'since:',
      'since:1',
      'size>5',
      'latency>',
      'machine:',
      'b',
    ]
    for (const text of texts) {
      for (const { label, detail } of completeFilter(text, text.length, context).options) {
        expect([text, label, label !== '' && detail !== '']).toEqual([text, label, true])
      }
    }
  })
})

test('a completed value can be read, wherever the caret is; what is outside the place stays', () => {
  const terms = fc.array(
    fc.constantFrom(
      'type:STOP',
      'type:',
      'machine:"my lab"',
      '-kind:event,',
      'since:10',
      'data.type=',
      'latency>5',
      '"a b"',
      'x',
      'lane:',
      '-',
    ),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(terms, fc.nat(60), (each, place) => {
      const text = each.join(' ')
      const caret = Math.min(place, text.length)
      const { from, to, options } = completeFilter(text, caret, context)
      expect(from).toBeLessThanOrEqual(caret)
      expect(to).toBeGreaterThanOrEqual(caret)
      for (const option of options) {
        if (/[:>.]$/.test(option.text)) continue
        const filled = text.slice(0, from) + option.text
        const begin = filled.lastIndexOf(' ', from - 1) + 1
        const written = filled.slice(begin)
        if (/^-?(type|machine|kind|lane|is|since|latency|size)[:>]/.test(written)) {
          expect(parseFilter(written, { now: 0, machines: context.machines }), written).toMatchObject({
            ok: true,
          })
        }
      }
    }),
    { numRuns: runs(500) },
  )
})
