/**
 * How a text travels: GSM 7-bit where every character has a place in its alphabet, else UCS-2 (3GPP TS 23.038 §6.2), in
 * one message or, with 6 octets of each spent on saying which part it is, in several (3GPP TS 23.040 §9.2.3.24.1).
 */

/** 3GPP TS 23.038 §6.2.1, the default alphabet in order of its codes; the escape (0x1B) is no character. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** §6.2.1.1: an escape and a second code, two units that stay together. */
const EXTENSION = new Set('\f^{}\\[~]|€');

interface Capacity {
  readonly alone: number;
  readonly joined: number;
}
const CAPACITY = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const satisfies Record<
  string,
  Capacity
>;
export type Encoding = keyof typeof CAPACITY;

export interface Measure {
  readonly encoding: Encoding;
  /** Septets, an extension character being two; or UTF-16 units. */
  readonly units: number;
  /** What is billed. Nothing is sent of an empty text: 0. */
  readonly parts: number;
  /** The characters that force UCS-2, each once, as they come. */
  readonly forcing: readonly string[];
}

/** Encoding, units and parts of a text of any length; an escape or surrogate pair never straddles two parts. */
export function measure(text: string): Measure {
  const characters = [...text];
  const forcing = [...new Set(characters.filter((character) => !BASIC.has(character) && !EXTENSION.has(character)))];
  const encoding = forcing.length === 0 ? 'GSM-7' : 'UCS-2';
  const size = (character: string) => (encoding === 'UCS-2' ? character.length : EXTENSION.has(character) ? 2 : 1);
  const sizes = characters.map(size);
  const units = sizes.reduce((sum, next) => sum + next, 0);
  return { encoding, units, parts: partsOf(sizes, units, CAPACITY[encoding]), forcing };
}

/** A character that would straddle goes to the next part whole, and leaves a unit of its own part empty. */
function partsOf(sizes: readonly number[], units: number, { alone, joined }: Capacity): number {
  if (units <= alone) return units === 0 ? 0 : 1;
  let parts = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > joined) {
      parts += 1;
      filled = 0;
    }
    filled += size;
  }
  return parts;
}
