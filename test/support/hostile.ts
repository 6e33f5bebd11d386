import fc from 'fast-check';

/** In every hostile text, so that it is found wherever it got to. */
export const MARK = '§mark§';

const EXPRESSION = '{% $states.input %}';
/** What something, somewhere, takes for more than text. */
export const SCRAPS = [
  EXPRESSION,
  '{%',
  '%}',
  '$states',
  '$' + '{x}',
  '$' + '{process.env}',
  '$&$1$$',
  'States.Format(1)',
  '<% 1 %>',
  '#{1}',
  '\u0000',
  '\u001b[31m',
  '\u200f',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  '__proto__',
  'constructor',
  '"',
  "'; DROP TABLE items; --",
  '\\',
  '\\u0000',
  '%00',
  '%s%n',
  '<script>',
  '&lt;',
  '\r\n',
  '\t',
  '🏳️‍🌈',
  'é',
  'e\u0301',
  'ß',
  'İ',
  '=1+1',
] as const;
const LONE = ['\ud83d', '\ude00'] as const;
const TEMPLATES = ['{{constructor}}', '{{contact.__proto__}}', '{{', '}}', '{{{x}}}'] as const;

const of = (scraps: readonly string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 5, unit: 'binary' })), { maxLength: 6 })
    .map((parts) => `${MARK}${parts.join('')}${MARK}`);

/** Marked at both ends; well-formed, and nothing that merge fields are made of. */
export const plainHostile = of(SCRAPS).filter((text) => text.isWellFormed() && !text.includes('{{'));
/** Well-formed, whatever else it is. */
export const wellFormedHostile = of([...SCRAPS, ...TEMPLATES]).filter((text) => text.isWellFormed());
/** Half surrogate pairs and all. */
export const hostile = of([...SCRAPS, ...TEMPLATES, ...LONE]);
