/** How large a picture of a screen may be. */

/**
 * The longest side, in pixels. Browsers make no larger canvas; a hostile server may say 65,535, which would be 17 GB.
 */
export const longestSide = 16_384
/**
 * All of its pixels. Each takes 4 bytes, three times: 8 screens of 4K are 66 million. More would let a server take
 * gigabytes by two numbers.
 */
const mostPixels = 67_108_864

/** Whether no canvas is made for it. */
export function isTooLarge(width: number, height: number): boolean {
  return width > longestSide || height > longestSide || width * height > mostPixels
}
