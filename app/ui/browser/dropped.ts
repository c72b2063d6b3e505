/** The files of something dropped or chosen, folders included, with their paths. */

/** A file and its path in the folder that it came in. */
export interface DroppedFile {
  readonly path: string
  readonly file: File
}

/** More files than these are not read from a folder: it is the wrong one. */
const mostFiles = 20_000

/** The files of an input. */
export function chosenFiles(files: FileList | null): readonly DroppedFile[] {
  return [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

/**
 * The files of a drop; those of folders that `wanted` takes. Call it while the event is handled: afterwards the
 * dropped items are no longer available.
 */
export async function droppedFiles(
  transfer: DataTransfer | null,
  wanted: (path: string) => boolean,
): Promise<readonly DroppedFile[]> {
  const entries = [...(transfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const folders = entries.filter((each) => each.isDirectory)
  const plain = folders.length === 0 ? chosenFiles(transfer?.files ?? null) : []
  const found: DroppedFile[] = [...plain]
  let seen = 0
  const open: FileSystemEntry[] = [...folders]
  for (let next = open.pop(); next !== undefined && seen < mostFiles; next = open.pop()) {
    seen += 1
    if (next.isDirectory) open.push(...(await entriesOf(next as FileSystemDirectoryEntry)))
    else if (wanted(next.fullPath)) {
      const entry = next as FileSystemFileEntry
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
      found.push({ path: next.fullPath.replace(/^\//, ''), file })
    }
  }
  return found
}

/** A reader gives a hundred at a time, and none when it is done. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}
