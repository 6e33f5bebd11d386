/*
 * All chance is a pure function of where it is asked: of the seed, of what it is asked for, and which time it is there. So an
 * act or a fault that is taken away changes nothing of the others, which shrinking rests on.
 */

/** FNV-1a over the text, then mixed. */
export function hashOf(text: string, seed: number): number {
  let hash = (2_166_136_261 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return mixed(hash, text.length);
}

/** Another number of two; the finaliser of MurmurHash3. */
export function mixed(one: number, other: number): number {
  let hash = one ^ Math.imul(other + 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From 0 up to 1. */
export const unit = (hash: number): number => hash / 2 ** 32;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** The random part of a ULID. */
export function letters(hash: number, length: number): string {
  let text = '';
  for (let at = 0; at < length; at += 1) text += ALPHABET[mixed(hash, at) % 32];
  return text;
}
