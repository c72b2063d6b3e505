/** A guest that does nothing but scroll text: the first sector of a disk, in machine code, without any system. */
import { writeFileSync } from 'node:fs'

/** Lines a second. More than a VNC server draws, which is about 30 pictures a second. */
const linesASecond = 50
/** Ticks a second of the timer of a PC. */
const timerHz = 1_193_182

/** Write its disk. It runs on a machine with a VGA card, in text of 80 columns and 25 rows. */
export function writeScrollingGuest(file: string): void {
  const divisor = Math.round(timerHz / linesASecond)
  const setup = [
    // The timer, and with it the end of `hlt`, comes that often.
    ...[0xb0, 0x36, 0xe6, 0x43], // mov al, 0x36; out 0x43, al
    ...[0xb0, divisor & 0xff, 0xe6, 0x40], // mov al, low; out 0x40, al
    ...[0xb0, divisor >> 8, 0xe6, 0x40], // mov al, high; out 0x40, al
    ...[0xb8, 0x00, 0xb8, 0x8e, 0xc0, 0x8e, 0xd8], // mov ax, 0xb800; mov es, ax; mov ds, ax
    ...[0xb2, 0x21, 0xfb, 0xfc], // mov dl, '!'; sti; cld
  ]
  const line = [
    // A line: the 24 lower ones move up, and the last one has other characters.
    ...[0x31, 0xff, 0xbe, 0xa0, 0x00], // xor di, di; mov si, 160
    ...[0xb9, 0x80, 0x07, 0xf3, 0xa5], // mov cx, 24 * 80; rep movsw
    ...[0x88, 0xd0, 0xb4, 0x07, 0xb9, 0x50, 0x00], // mov al, dl; mov ah, 7; mov cx, 80
    ...[0xab, 0x04, 0x03, 0xe2, 0xfb], // next: stosw; add al, 3; loop next
    ...[0x80, 0xc2, 0x05, 0xf4, 0xeb], // add dl, 5; hlt; jmp to the first of these
  ]
  // No BIOS starts from a disk of one sector.
  const disk = Buffer.alloc(1024 * 1024)
  disk.set([...setup, ...line, -(line.length + 1) & 0xff])
  disk.set([0x55, 0xaa], 510)
  writeFileSync(file, disk)
}
