/** Reads a reference manual, whatever form it has. */
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Reference } from '../reference.ts'
import { readHtmlManual } from './html.ts'
import { readManPage } from './man.ts'

/** Read a manual by what is in it. The failure is a sentence: what it is not. */
export function readManual(text: string): Result<Reference, string> {
  if (/^\.TH\b/m.test(text.slice(0, 20_000))) return readManPage(text)
  if (/<html\b|<!doctype html/i.test(text.slice(0, 20_000))) return readHtmlManual(text)
  return err(
    'This is no reference manual of QEMU: neither a man page (qemu-qmp-ref.7, unpacked) nor the HTML page of the same name.',
  )
}
