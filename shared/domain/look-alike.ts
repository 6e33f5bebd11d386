import { caseFolded } from './case-folded.ts';
import { visibleText, withoutAccents, withoutQuotes } from './text.ts';

/**
 * Letters that are drawn like Latin ones, by the letter they pass for. Facts of confusables.txt (Unicode UTS #39, single
 * letters of the living scripts a phone offers), with small capitals, and letters in decorative use ("ѕтσρ", "丂ㄒㄖ卩").
 * Those that NFKC makes Latin anyway (fullwidth, circled, mathematical) are left out; accents are folded before.
 */
const LETTERS: Readonly<Record<string, string>> = {
  a: 'ɑΑΔΛαλАаᎪᗅᗩᴀ卂ꓮꭺ',
  b: 'ƀƂƃƄɓʙΒβБВЬвѢѣҌҍᏏᏴᏼᑲᑳᖯᗷ乃ꓐꞴ',
  c: 'ȼСсҁҪҫᏟᑕᴄⲤⲥ匚ꓚꮯ',
  d: 'ÐƉƌɖɗԁԃժᎠᏧᑯᗞᗪᴅꓒꓓꭰ',
  e: 'ΣƐɆɇɛΕΞεξЄЕеэєҽҿԐԑᎬᗴᴇⴹ乇ꓰꬲꭼ',
  f: 'ƑƒϜϝᖴᵮẝ千ꓝꜰꞘꞙꬵ',
  g: 'ƍƓǤǥɠɡɢԌԍցᏀᏳᏻᶃꓖꮐ',
  h: 'ĦħɦʜΗНнђћҢңһӇӈӉӊԋհᎻᏂᏲᕼⱧⲎ卄ꓧꚕꮋ',
  i: 'ɨɩɪΙιіӏᎥᵻᵼ丨ꙇꭵІӀƖƗ',
  j: 'ɈɉͿϳЈјᎫᒍᴊꓙꞲꭻ',
  k: 'ƙΚκКкҚҜҞҟӄᏦᴋⱩⲔꓗꝀ',
  l: 'ƚǀɫɭʟᏞᒪⲒⳐⳑⵏㄥꓡꓲꮮ',
  m: 'ΜϺМмӍᎷᗰᴍⲘ爪ꓟ',
  n: 'ƝƞɳɴΝηИПипղոռภᑎᵰⲚ几ꓠ',
  o: 'ƟɵΘΟΩθοσОоѲѳӨөՕօჿᎾᏫᴏᴑⲞⲟⴱⵁⵔㄖꓳꝊꝋꬽꬾꭴꮎꮻ',
  p: 'ÞþƥΡρРрքᏢᑭᴘᴩᵽⲢⲣ卩ꓑꮲ',
  q: 'Ɋʠԛգզᑫⵕꞯ',
  r: 'ƦɍɼɽʀʁЯгяғᎡᏒᖇᴦᵲⲅ尺ꓣꭇꭈꭱꮁꮢ',
  s: 'ƧƨƽʂЅѕՏֆຮᏕᏚᔕᵴ丂ꓢꜱꮪς',
  t: 'ŦŧƭƮȶȾΤτТтҬҭᎢᴛᵵⲦㄒꓔꭲ',
  u: 'ɄʊʋμυЦцՍսᏌᑌᴜᵾㄩꓴꞟꭎꭒꮜ',
  v: 'νѴѵᏙᐯᴠⴸꓦꮩ',
  w: 'ɯωШЩшщѡѽԜԝաᎳᏔᗯᴡ山ꓪꝡꮃ',
  x: 'ΧχХхҲᕁᕽⲬⵝ乂ꓫꞳ',
  y: 'ƴɎɏɣʏΥγУучҮүҰұყᎩᎽᶌỿⲨㄚꓬꭚ',
  z: 'ƵƶȤȥʐΖᏃᘔᴢᵶ乙ꓜꮓ',
};

/** Signs and digits that stand for letters only when somebody plays with them; otherwise they are what they are. */
const SIGNS: Readonly<Record<string, string>> = {
  a: '@4₳∀∆',
  b: '฿',
  c: '¢©₵₡',
  d: '₫∂',
  e: '€3℮∑',
  g: '₲',
  i: '1!|¡¦',
  k: '₭',
  l: '£',
  m: '₥',
  n: '₦∩',
  o: '0',
  p: '₱℗',
  r: '®',
  s: '$5§₴',
  t: '7+†₮',
  u: '∪',
  v: '√',
  w: '₩',
  y: '¥',
  x: '×',
};

const inverted = (table: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(table).flatMap(([letter, likes]) => Array.from(likes, (like) => [like, letter] as const)));
const LETTER_OF = inverted(LETTERS);
const SIGN_OF = inverted(SIGNS);

/** Compatible with a letter they are not used for: o with an ogonek is the small capital q, the lunate sigma a c. */
const BEFORE_NFKC: Readonly<Record<string, string>> = { ǫ: 'q', Ǫ: 'q', ϲ: 'c', Ϲ: 'c' };

/** Emoji, and symbols that NFKC would spell out ("™", "㎏"). Letters in circles and squares are neither. */
const PICTURES = /\p{Emoji}\ufe0f\u20e3?|\p{Emoji_Presentation}|[\p{So}--[\u2460-\u24ff\u{1f100}-\u{1f1ff}]]/gv;
/** Code points of A in alphabets of letters in black circles and squares, and of flags. */
const ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6] as const;
const ALPHABET_LETTERS = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]|(?<!\p{RI})(?:\p{RI}|\p{RI}{3,})(?!\p{RI})/gu;

/**
 * What a text looks like in plain lower-case Latin letters: "ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "Ⓢⓣⓞⓟ", "ꜱᴛᴏᴘ", "ЅТОР" and a zalgo "S̷T̷O̷P̷" are
 * "stop". Pictures become spaces, quotes vanish, punctuation stays.
 */
export const asLatin = (text: string): string => latin(text.toWellFormed().replace(PICTURES, ' '));

/** As `asLatin`, when signs, digits and emoji are letters too: "$T0P", "🆂🆃🅾🅿", "🇸🇹🇴🇵". Two letters of flags are a flag. */
export function asPlayfulLatin(text: string): string {
  const spelled = text.toWellFormed().replace(ALPHABET_LETTERS, (run) => Array.from(run, letterOfAlphabet).join(''));
  const words = latin(spelled).replace(/[\p{L}\p{N}\p{Sc}@!|¡¦§©®℗†+∀∆∂℮∑∩∪√×]{4,}/gu, signsRead);
  return words;
}

function letterOfAlphabet(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const first = ALPHABETS.findLast((start) => start <= code) ?? code;
  return String.fromCodePoint(0x61 + code - first);
}

/** "5TOP" is a word in disguise; "1005" and "3nd" are not. */
function signsRead(word: string): string {
  if ((word.match(/\p{L}|[₳฿₵₡₫€₲₭£₥₦₱₴₮₩¥¢$§©®]/gu) ?? []).length < 2) return word;
  return Array.from(word.replace(/[!|+†]+$/u, ''), (sign) => SIGN_OF.get(sign) ?? sign).join('');
}

function latin(text: string): string {
  const compatible = withoutQuotes(visibleText(text.replace(/[ǫǪϲϹ]/g, (sign) => BEFORE_NFKC[sign] ?? sign))).normalize(
    'NFKC',
  );
  const bare = withoutAccents(compatible).replace(/\p{M}/gu, '');
  const drawn = Array.from(bare, (sign) => LETTER_OF.get(sign) ?? sign).join('');
  return withoutQuotes(visibleText(withoutAccents(caseFolded(drawn))));
}
