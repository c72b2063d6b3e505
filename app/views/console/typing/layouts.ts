/**
 * Keyboards of guests: which characters stand on which key. Pure data, a table a layout.
 *
 * A line is a key by its code (as of KeyboardEvent) and what it types: plain, with Shift, with AltGr, with both. `·` is nothing;
 * `†^` is a dead key, which waits for a letter. Letters that stand where they do on a US keyboard need no line. What Linux types
 * counts, where others differ: AltGr with 7 is a grave accent on the French one, and no dead key.
 */

/** The layouts, by the names of X11. */
export type LayoutName = 'us' | 'gb' | 'de' | 'fr'

/** A layout for the choice of one. */
interface Layout {
  readonly name: LayoutName
  /** For people. */
  readonly label: string
  readonly lines: readonly string[]
}

const us = [
  ...['Backquote ` ~', 'Digit1 1 !', 'Digit2 2 @', 'Digit3 3 #', 'Digit4 4 $', 'Digit5 5 %', 'Digit6 6 ^'],
  ...['Digit7 7 &', 'Digit8 8 *', 'Digit9 9 (', 'Digit0 0 )', 'Minus - _', 'Equal = +'],
  ...['BracketLeft [ {', 'BracketRight ] }', 'Backslash \\ |', 'Semicolon ; :', 'Quote \' "'],
  ...['Comma , <', 'Period . >', 'Slash / ?'],
]

const gb = [
  ...['Backquote ` ¬', 'Digit1 1 !', 'Digit2 2 "', 'Digit3 3 £', 'Digit4 4 $ €', 'Digit5 5 %', 'Digit6 6 ^'],
  ...['Digit7 7 &', 'Digit8 8 *', 'Digit9 9 (', 'Digit0 0 )', 'Minus - _', 'Equal = +'],
  ...['BracketLeft [ {', 'BracketRight ] }', 'Backslash # ~', 'Semicolon ; :', "Quote ' @"],
  ...['Comma , <', 'Period . >', 'Slash / ?', 'IntlBackslash \\ |'],
]

const de = [
  ...[
    'Backquote †^ °',
    'Digit1 1 !',
    'Digit2 2 " ²',
    'Digit3 3 § ³',
    'Digit4 4 $',
    'Digit5 5 %',
    'Digit6 6 &',
  ],
  ...['Digit7 7 / {', 'Digit8 8 ( [', 'Digit9 9 ) ]', 'Digit0 0 = }', 'Minus ß ? \\', 'Equal †´ †`'],
  ...['KeyQ q Q @', 'KeyE e E €', 'KeyY z Z', 'KeyZ y Y', 'KeyM m M µ'],
  ...['BracketLeft ü Ü', 'BracketRight + * ~', "Backslash # '", 'Semicolon ö Ö', 'Quote ä Ä'],
  ...['Comma , ;', 'Period . :', 'Slash - _', 'IntlBackslash < > |'],
]

const fr = [
  ...[
    'Backquote ²',
    'Digit1 & 1',
    'Digit2 é 2 ~',
    'Digit3 " 3 #',
    "Digit4 ' 4 {",
    'Digit5 ( 5 [',
    'Digit6 - 6 |',
  ],
  ...['Digit7 è 7 `', 'Digit8 _ 8 \\', 'Digit9 ç 9 ^', 'Digit0 à 0 @', 'Minus ) ° ]', 'Equal = + }'],
  ...['KeyQ a A', 'KeyW z Z', 'KeyE e E €', 'KeyA q Q', 'KeyZ w W', 'KeyM , ?'],
  ...['BracketLeft †^ †¨', 'BracketRight $ £ ¤', 'Semicolon m M', 'Quote ù %', 'Backslash * µ'],
  ...['Comma ; .', 'Period : /', 'Slash ! §', 'IntlBackslash < >'],
]

/** All that can be chosen, the usual one first. */
export const layouts: readonly Layout[] = [
  { name: 'us', label: 'US English', lines: us },
  { name: 'gb', label: 'UK English', lines: gb },
  { name: 'de', label: 'German', lines: de },
  { name: 'fr', label: 'French', lines: fr },
]
