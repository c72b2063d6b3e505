/**
 * Opens files of any kind that the page knows: finds out what each is, gives it to who keeps it, and says where it is.
 * Loaded when somebody opens one. Tested by e2e/recordings.spec.ts and e2e/explore.spec.ts.
 */
import { inWords } from '#base/apart.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { largestCollection } from '#qapi/collections/collection-file.ts'
import { makeCollections } from '#state/library/collections.svelte.ts'
import { kindOf, saysMore } from '#state/library/file-kind.ts'
import type { KnownFile } from '#state/library/file-kind.ts'
import type { PickedFile } from '#state/library/manual.ts'
import { subjectOf } from '#state/library/references.svelte.ts'
import type { App } from '#state/app.svelte.ts'
import type { Route } from '#state/page/route.ts'

/** What became of a file: a place to go to, or a sentence. */
export interface Opened {
  readonly place: Partial<Route> | undefined
  readonly said: string
}

/** More files than these are not opened at once; those of a folder count as one. */
const mostFiles = 50
/** The largest schema that is read, in bytes: that of QEMU has less than one MiB. */
const largestSchema = 64 * 1024 * 1024

const others =
  'Nor is it a schema (what query-qmp-schema returns), a manual (qemu-qmp-ref as a man page or as HTML, or QEMU’s qapi files) or a collection of commands.'

/** Open files, one after the other; `then` gets the outcome of each. */
export async function openFiles(
  app: App,
  files: readonly PickedFile[],
  then: (outcome: Result<Opened, string>) => void,
): Promise<void> {
  const fromFolder = files.filter(({ path }) => path.includes('/'))
  const single = files.filter(({ path }) => !path.includes('/'))
  const qapi: PickedFile[] = [...fromFolder]
  for (const { file } of single.slice(0, mostFiles)) {
    const known = await kindOf(file)
    if (!known.ok) then(known)
    else if (known.value.kind === 'qapi') qapi.push({ path: file.name, file })
    else then(await openOne(app, known.value))
  }
  if (qapi.length > 0) then(await addManual(app, qapi))
  if (single.length > mostFiles)
    then(
      err(`Only the first ${mostFiles} of ${single.length} files were opened: open the others after them.`),
    )
}

function openOne(app: App, known: KnownFile): Promise<Result<Opened, string>> {
  const { file, kind } = known
  if (kind === 'schema') return openSchema(app, file)
  if (kind === 'manual') return addManual(app, [{ path: file.name, file }])
  if (kind === 'collection') return importCollection(app, file)
  return openRecording(app, known)
}

async function openRecording(app: App, { file, isSure }: KnownFile): Promise<Result<Opened, string>> {
  const opened = await app.recordings.open(file)
  if (!opened.ok) return isSure ? opened : err(`${opened.error} ${others}`)
  const id = opened.value.machines[0]?.id
  return ok({
    place: id === undefined ? undefined : { subject: { kind: 'machine', id }, view: 'timeline' },
    said: '',
  })
}

async function openSchema(app: App, file: File): Promise<Result<Opened, string>> {
  // A log that goes on after the schema is of a machine at work.
  if (file.size <= largestSchema && saysMore(await file.text()))
    return openRecording(app, { file, kind: 'recording', isSure: true })
  const opened = await app.recorded.addFile(file)
  if (!opened.ok) return opened
  return ok({ place: { subject: { kind: 'recorded', file: opened.value }, view: 'schema' }, said: '' })
}

const subjects = { qemu: 'QEMU', 'storage-daemon': 'the storage daemon', agent: 'the guest agent' }

async function addManual(app: App, files: readonly PickedFile[]): Promise<Result<Opened, string>> {
  const { source } = app.panes.focused
  const subject = source.kind === 'ready' ? subjectOf(source.schema) : 'qemu'
  const added = await app.manualShelf.add(subject, files)
  if (!added.ok) return added
  const { of, version, from } = added.value
  return ok({
    place: undefined,
    said: `${inWords(from)}: a manual of ${subjects[of]}${version === undefined ? '' : ` ${inWords(version)}`}. Its texts are in the schema and beside the form.`,
  })
}

async function importCollection(app: App, file: File): Promise<Result<Opened, string>> {
  if (file.size > largestCollection)
    return err(
      `${inWords(file.name)} is larger than ${largestCollection / 1024 / 1024} MiB: split it into several.`,
    )
  const collections = app.of(makeCollections)
  const imported = await collections.importText(await file.text(), undefined)
  if (!imported.ok) return err(`${inWords(file.name)}: ${imported.error}`)
  const name = inWords(collections.byId(imported.value)?.collection.name ?? '')
  return ok({ place: undefined, said: `The collection “${name}” is in the command view, at History.` })
}
