import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Definition, Reference } from '../reference.ts'
import { docText } from '../doc-text.ts'
import { readManual } from './read-manual.ts'

const oldForm = `.TH "DEMO-REF" "7" "Jan 1, 2026" "1.2.3" "Demo"
.SH NAME
demo-ref \\- Demo Reference Manual
.SH THINGS
.SS \\fBPaint\\fP (Enum)
.sp
What to paint with.
.SS Values
.INDENT 0.0
.TP
.B \\fBred\\-ish\\fP
nearly red (since 1.1)
.TP
.B \\fBblue\\fP
Not documented
.UNINDENT
.SS Since
.sp
1.0
.SS \\fBThing\\fP (Object)
.SS Members
.INDENT 0.0
.TP
.B \\fBpaint\\fP: \\fBPaint\\fP
see \\fBpaint\\-it\\fP
.TP
.B \\fBparts\\fP: \\fBarray of Thing\\fP (optional)
what is in it (default: none)
.TP
.B The members of \\fBThingBase\\fP
.TP
.B The members of \\fBThingRed\\fP when \\fBpaint\\fP is \\fB\\(dqred\\-ish\\(dq\\fP
.UNINDENT
.SS If
.sp
\\fBCONFIG_THING\\fP.SS \\fBpaint\\-it\\fP (Command)
.sp
Paints. See:
.INDENT 0.0
.IP \\(bu 2
one
.IP \\(bu 2
two
.UNINDENT
.SS Arguments
.INDENT 0.0
.TP
.B The members of \\fBThing\\fP
.UNINDENT
.SS Returns
.sp
\\fBThing\\fP as it is now
.SS Since
.sp
1.2
.SS Example
.INDENT 0.0
.INDENT 3.5
.sp
.nf
.ft C
\\-> { \\(dqexecute\\(dq: \\(dqpaint\\-it\\(dq,
     \\(dqarguments\\(dq: { \\(dqpaint\\(dq: \\(dqblue\\(dq } }
<\\- { \\(dqreturn\\(dq: {} }
.ft P
.fi
.UNINDENT
.UNINDENT
`

const newForm = `.TH "DEMO-REF" "7" "Jan 1, 2026" "2.0" "Demo"
.SH NAME
demo-ref \\- Demo Reference Manual
.SH THINGS
.INDENT 0.0
.TP
.B Enum Paint (Since: 1.0)
What to paint with.
.INDENT 7.0
.TP
.B Values
.INDENT 7.0
.IP \\(bu 2
\\fBred\\-ish\\fP \\-\\- nearly red (since 1.1)
.IP \\(bu 2
\\fBblue\\fP \\-\\- Not documented
.UNINDENT
.UNINDENT
.UNINDENT
.INDENT 0.0
.TP
.B Object  Thing
\\fIAvailability\\fP: \\fBCONFIG_THING\\fP
.INDENT 7.0
.TP
.B Members
.INDENT 7.0
.IP \\(bu 2
\\fBpaint\\fP (\\fI\\%Paint\\fP) \\-\\- see \\fBpaint\\-it\\fP
.IP \\(bu 2
\\fBparts\\fP (\\fB[\\fP\\fBThing\\fP\\fB]\\fP, \\fIoptional\\fP) \\-\\- .INDENT 2.0
.IP \\(bu 2
what is in it (default: none)
.UNINDENT

.IP \\(bu 2
The members of \\fBThingBase\\fP\\&.
.IP \\(bu 2
When \\fBpaint\\fP is \\fBred\\-ish\\fP: The members of \\fBThingRed\\fP\\&.
.UNINDENT
.UNINDENT
.UNINDENT
.INDENT 0.0
.TP
.B Command paint\\-it (Since: 1.2)
Paints. See:
.INDENT 7.0
.IP \\(bu 2
one
.IP \\(bu 2
two
.UNINDENT
.sp
\\fBNOTE:\\fP
.INDENT 7.0
.INDENT 3.5
It drips.
.UNINDENT
.UNINDENT
.INDENT 7.0
.TP
.B Arguments
.INDENT 7.0
.IP \\(bu 2
The members of \\fBThing\\fP\\&.
.UNINDENT
.TP
.B Return
\\fB[\\fP\\fBThing\\fP\\fB]\\fP \\-\\- as it is now
.TP
.B Errors
.INDENT 7.0
.IP \\(bu 2
when the paint is out
.UNINDENT
.TP
.B Features
.INDENT 7.0
.IP \\(bu 2
\\fBunstable\\fP \\-\\- It is young.
.UNINDENT
.UNINDENT
.INDENT 7.0
.INDENT 3.5
.IP "Example: Blue"
.INDENT 0.0
.INDENT 3.5
.sp
.EX
\\-> { \\(dqexecute\\(dq: \\(dqpaint\\-it\\(dq,
     \\(dqarguments\\(dq: { \\(dqpaint\\(dq: \\(dqblue\\(dq } }
<\\- { \\(dqreturn\\(dq: {} }
.EE
.UNINDENT
.UNINDENT
.UNINDENT
.UNINDENT
.UNINDENT
`

const html = `<!DOCTYPE html><html><head><title>Demo Reference Manual &mdash; QEMU 2.0.1 documentation</title></head><body>
<nav><ul><li><p>Enum Nothing</p></li></ul></nav>
<section><h2>Things<a class="headerlink" href="#x">¶</a></h2>
<dl class="qapi enum"><dt class="sig"><span>Enum</span><span> </span><span>Paint</span> <span>(Since: 1.0)</span><a class="headerlink" href="#p">¶</a></dt>
<dd><p>What to paint with.</p><dl class="field-list simple"><dt>Values<span>:</span></dt><dd><ul class="simple">
<li><p><strong>red-ish</strong> – nearly red (since 1.1)</p></li><li><p><strong>blue</strong> – Not documented</p></li></ul></dd></dl></dd></dl>
<dl class="qapi object"><dt>Object Thing</dt><dd><p><em>Availability</em>: <code>CONFIG_THING</code></p><dl class="field-list"><dt>Members<span>:</span></dt><dd><ul>
<li><p><strong>paint</strong> (<span><a href="#P"><code>Paint</code></a></span>) – see <code>paint-it</code></p></li>
<li><p><strong>parts</strong> (<span><code>[</code><code>Thing</code><code>]</code>, <em>optional</em></span>) – <ul><li><p>what is in it (default: none)</p></li></ul></p></li>
<li><p>The members of <code>ThingBase</code>.</p></li>
<li><p>When <code>paint</code> is <code>red-ish</code>: The members of <code>ThingRed</code>.</p></li></ul></dd></dl></dd></dl>
<dl class="qapi command"><dt>Command paint-it (Since: 1.2)</dt><dd><p>Paints. See:</p><ul><li><p>one</p></li><li><p>two</p></li></ul>
<div class="admonition note"><p class="admonition-title">Note</p><p>It drips.</p></div>
<dl class="field-list"><dt>Arguments<span>:</span></dt><dd><ul><li><p>The members of <code>Thing</code>.</p></li></ul></dd>
<dt>Return<span>:</span></dt><dd><p><span><code>[</code><code>Thing</code><code>]</code></span> – as it is now</p></dd>
<dt>Errors<span>:</span></dt><dd><ul><li><p>when the paint is out</p></li></ul></dd>
<dt>Features<span>:</span></dt><dd><ul><li><p><strong>unstable</strong> – It is young.</p></li></ul></dd></dl>
<div class="qapi-example admonition"><p class="admonition-title">Example: Blue</p><pre><span>-&gt;</span> { &quot;execute&quot;: &quot;paint-it&quot;,
     &quot;arguments&quot;: { &quot;paint&quot;: &quot;blue&quot; } }
&lt;- { &quot;return&quot;: {} }
</pre></div></dd></dl></section></body></html>`

function read(text: string): Reference {
  const result = readManual(text)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

function find(reference: Reference, name: string): Definition {
  const found = reference.definitions.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} is not there`)
  return found
}

describe.each([
  ['a man page before 10.0', oldForm],
  ['a man page since 10.0', newForm],
  ['an HTML page', html],
])('%s', (form, text) => {
  const reference = read(text)
  const isOld = form.includes('before')

  test('says what it is and has three definitions', () => {
    expect(reference.title).toBe('Demo Reference Manual')
    expect(reference.version).toMatch(/^(1\.2\.3|2\.0|2\.0\.1)$/)
    expect(reference.definitions.map((each) => [each.kind, each.name])).toEqual([
      ['enum', 'Paint'],
      ['object', 'Thing'],
      ['command', 'paint-it'],
    ])
    expect(reference.issues).toEqual([])
  })

  test('an enum: values with texts and versions', () => {
    const paint = find(reference, 'Paint')
    expect(paint.since).toBe('1.0')
    expect(docText(paint.doc)).toBe('What to paint with.')
    expect(paint.members.map((each) => [each.name, docText(each.doc), each.since])).toEqual([
      ['red-ish', 'nearly red (since 1.1)', '1.1'],
      ['blue', '', undefined],
    ])
    expect(paint.chapters).toEqual(['Things'])
  })

  test('an object: members, base, variants, condition', () => {
    const thing = find(reference, 'Thing')
    expect(thing.members.map((each) => [each.name, each.type, each.optional, each.defaultText])).toEqual([
      ['paint', { name: 'Paint', list: 0 }, false, undefined],
      ['parts', { name: 'Thing', list: 1 }, true, 'none'],
    ])
    expect(docText(thing.members[1]?.doc ?? [])).toContain('what is in it')
    expect(thing.includes).toEqual(['ThingBase'])
    expect(thing.tag).toBe('paint')
    expect(thing.variants).toEqual([{ tag: 'paint', value: 'red-ish', type: 'ThingRed' }])
    expect(thing.condition).toBe('CONFIG_THING')
    expect(thing.members[0]?.doc).toEqual([{ kind: 'paragraph', spans: ['see ', expect.anything()] }])
  })

  test('a command: arguments, return, example that can be run', () => {
    const command = find(reference, 'paint-it')
    expect(command.includes).toEqual(['Thing'])
    expect(command.doc[1]).toMatchObject({ kind: 'list', ordered: false, items: [{}, {}] })
    expect(docText(command.returnsDoc)).toContain('as it is now')
    const [example] = command.examples
    expect(example?.lines.map((each) => each.direction)).toEqual(['sent', 'received'])
    expect(JSON.parse(example?.lines[0]?.text ?? '')).toEqual({
      execute: 'paint-it',
      arguments: { paint: 'blue' },
    })
    if (isOld) return
    expect(command.returns).toEqual({ name: 'Thing', list: 1 })
    expect(docText(command.errors)).toBe('when the paint is out')
    expect(command.features.map((each) => [each.name, docText(each.doc)])).toEqual([
      ['unstable', 'It is young.'],
    ])
    expect(command.doc).toContainEqual(expect.objectContaining({ kind: 'note', title: 'Note' }))
    expect(example?.title).toBe('Blue')
  })
})

describe('what is no manual', () => {
  test.each([
    ['', 'no reference manual'],
    ['{"return": []}', 'no reference manual'],
    ['.TH LS 1\n.SH NAME\nls \\- list', 'man page without any command'],
    ['<!DOCTYPE html><html><body><p>Hello</p></body></html>', 'HTML page has no command'],
  ])('%j', (text, why) => {
    const result = readManual(text)
    expect(result.ok ? '' : result.error).toContain(why)
  })

  test('anything cut out of and put into a manual is read to its end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(oldForm, newForm, html),
        fc.nat(4000),
        fc.nat(200),
        fc.constantFrom(
          '',
          '<',
          '</p>',
          '<dd>',
          '.UNINDENT\n',
          '.INDENT 3.5\n',
          '.TP\n',
          '\\f',
          '\u0000',
          '<!--',
        ),
        (text, at, length, put) => {
          const result = readManual(text.slice(0, at) + put + text.slice(at + length))
          for (const each of result.ok ? result.value.definitions : []) expect(each.name).not.toBe('')
        },
      ),
      { numRuns: runs(400) },
    )
  })

  test('deep nesting takes no stack', () => {
    expect(readManual(`<!DOCTYPE html>${'<div class="admonition"><dl><dd>'.repeat(50_000)}`).ok).toBe(false)
    expect(readManual(`.TH X 7\n${'.INDENT 1.0\n'.repeat(50_000)}text`).ok).toBe(false)
  })
})

/** Where Debian's packages put the manuals of the installed QEMU. The test command installs them. */
export const installedManual = '/usr/share/man/man7/qemu-qmp-ref.7.gz'

describe('the manual of the installed QEMU', () => {
  test('every command and event has a description or says what it returns', () => {
    expect(existsSync(installedManual), `${installedManual} is missing: install qemu-system-common`).toBe(
      true,
    )
    const reference = read(gunzipSync(readFileSync(installedManual)).toString('utf8'))
    const named = reference.definitions.filter((each) => each.kind === 'command' || each.kind === 'event')
    expect(named.length).toBeGreaterThan(250)
    const silent = named.filter((each) => each.doc.length + each.returnsDoc.length === 0)
    expect(silent.map((each) => each.name)).toEqual([])
    // Every example that has a request has one that is JSON, but for those that the manual writes otherwise.
    const requests = named
      .flatMap((each) => each.examples.flatMap((one) => one.lines))
      .filter((each) => each.direction === 'sent')
    const readable = requests.filter(({ text }) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    })
    expect(readable.length / requests.length).toBeGreaterThan(0.85)
  })
})
