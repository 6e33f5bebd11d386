import { asLatin, asPlayfulLatin } from './look-alike.ts';
import { saysStopAbroad, speaksOfStopAbroad } from './opt-out-abroad.ts';
import { bare, ways } from './opt-out-sentences.ts';
import { phrasesOf, spelledOut } from './opt-out-words.ts';
import { endsOf, endsOfPhrases, isSaid, type Phrases, placesAfter } from './phrase.ts';

export interface Recognised {
  /** What it does to consent; everything else is a message for waits and triggers. */
  readonly meaning: 'opt-out' | 'help' | 'opt-in' | 'message';
  /** A message that speaks of stopping without being an opt-out: a person had better read it. */
  readonly flagged: boolean;
}

/**
 * What an inbound text asks of us, in the order of the law: opt-out, HELP, START. An opt-out is the whole message being one
 * of the words of CTIA's Messaging Principles or the FCC's list (47 CFR 64.1200(a)(10)), in whatever spelling, with polite
 * words, repeats, a signature below, beside HELP or START; or a plain sentence that means it. Linear; never throws.
 */
export function recognise(text: string): Recognised {
  const own = withoutQuoted(text);
  const said = wordsAlone(own);
  if (said.has('opt-out') || asksToStop(own)) return { meaning: 'opt-out', flagged: false };
  if (said.has('help')) return { meaning: 'help', flagged: false };
  if (said.has('opt-in')) return { meaning: 'opt-in', flagged: false };
  const clauses = clausesOf(asLatin(text));
  const isAlarming =
    inEnglish(clauses).some((words) => isSaid(phrasesOf('ALARMING'), words)) || speaksOfStopAbroad(clauses);
  return { meaning: 'message', flagged: isAlarming };
}

/** Whether it is YES and nothing else, which opts in again who opted out; for anyone else it is an answer. */
export const isYes = (text: string): boolean =>
  READINGS.some((read) => {
    const words = lettersJoined(tokensOf(read(text)));
    return words.length > 0 && words.every((word) => word === 'yes');
  });

type Kind = 'opt-out' | 'help' | 'opt-in' | 'polite' | 'link';

const READINGS = [asLatin, asPlayfulLatin] as const;

const list = (phrases: string): string[] => phrases.split(',').map((phrase) => phrase.trim());

/** Words that say it alone, and those that may stand beside them. */
const ALONE: Readonly<Record<Kind, readonly string[]>> = {
  'opt-out':
    list(`stop, stopall, stop all, unsubscribe, un subscribe, unsub, cancel, end, quit, revoke, opt out, optout, remove,
    remove me, removeme, arret, td, dnc, unsuscribe, unsubcribe, unsubscrib, unsubsribe, unsubscibe`),
  help: list('help, info, help me, helpme, i need help, ineedhelp, ayuda, aide'),
  'opt-in': list('start, unstop'),
  polite:
    list(`please, pls, plz, plse, now, right now, immediately, asap, thanks, thank you, thank u, thx, thnx, tnx, ty, tks, ok, okay,
    okey, k, kk, kindly, sir, maam, ma am, por favor, gracias, merci, svp, hi, hello, hey`),
  link: list('and, or, n'),
};

/** A subscription, an appointment, a habit: they need not be about texts. */
const DOUBTFUL =
  /(?:^| )(?:(?:piease|pis|piz|pise|kindiy) (?:now )?cancei|heip me (?:cancei|end|quit|remove|revoke))(?: |$)/;

/** In lower case l, I, 1 and | look the same, so they are one (as in the skeletons of UTS #39). */
const skeleton = (words: string) => words.replaceAll('l', 'i');

const KINDS: ReadonlyMap<string, Kind> = new Map(
  (['opt-out', 'help', 'opt-in', 'polite', 'link'] as const).flatMap((kind) =>
    ALONE[kind].map((phrase) => [skeleton(phrase), kind] as const),
  ),
);
const LONGEST_PHRASE = 3;
/** "STOPSTOP". None of the words is made of others, so there is one way to read each. */
const GLUED = new RegExp(
  `^(?:${ALONE['opt-out']
    .filter((phrase) => !/ /.test(phrase) && phrase.length > 3)
    .map(skeleton)
    .join('|')})+$`,
);

/** The kinds of words a message consists of, signature aside, in any reading; empty if it says anything else. */
const wordsAlone = (text: string): ReadonlySet<Kind> =>
  new Set(
    [text, withoutSignature(text)].flatMap((head) =>
      READINGS.flatMap((read) => [...kindsOf(lettersJoined(tokensOf(read(head))).map(skeleton))]),
    ),
  );

function kindsOf(words: readonly string[]): ReadonlySet<Kind> {
  const kinds = new Set<Kind>();
  let at = 0;
  while (at < words.length) {
    const [kind, end] = kindAt(words, at);
    if (!kind) return new Set();
    kinds.add(kind);
    at = end;
  }
  return kinds.has('opt-out') && DOUBTFUL.test(words.join(' ')) ? new Set() : kinds;
}

function kindAt(words: readonly string[], at: number): readonly [Kind | undefined, number] {
  for (let length = LONGEST_PHRASE; length > 0; length -= 1) {
    const kind = KINDS.get(words.slice(at, at + length).join(' '));
    if (kind) return [kind, at + length];
  }
  return [GLUED.test(words[at] ?? '') ? 'opt-out' : undefined, at + 1];
}

/** "stoooop" is one drawn out; "stoop" is another word. */
const tokensOf = (latin: string): string[] =>
  Array.from(latin.matchAll(/[\p{L}\p{N}]+/gu), ([word]) => word.replace(/(\p{L})\1{2,}/gu, '$1'));

/** "s t o p" is a word, spaced out. */
function lettersJoined(words: readonly string[]): string[] {
  const joined: string[] = [];
  let letters = '';
  for (const word of [...words, '']) {
    if (word.length === 1) letters += word;
    else {
      if (letters !== '') joined.push(letters);
      letters = '';
      if (word !== '') joined.push(word);
    }
  }
  return joined;
}

/** Without what others wrote: messages that a phone repeats to react to them, and lines that a mail program quotes. */
function withoutQuoted(text: string): string {
  if (REACTION.test(text)) return '';
  const lines = text.split(/\r\n?|[\n\v\f\x85\u2028\u2029]/);
  const reply = lines.findIndex((line) => /^\s*on\b.{0,200}\bwrote:\s*$/iu.test(line));
  const written = lines.slice(0, reply < 0 ? lines.length : reply);
  const own = written.filter((line) => !/^\s*>/.test(line));
  return (own.some((line) => /[^\s]/.test(line)) ? own : written).join('\n');
}
const REACTION =
  /^\W{0,8}(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed a \w{1,12} from|reacted .{1,30} to) |to )["“„«]/iu;

const FOOTER = /\b(?:sent (?:from|via|using|with) |get outlook for |envoyé de mon |enviado desde )/iu;
const CLOSING =
  /^(?:thanks|thank you|thx|regards|best|best regards|kind regards|warm regards|sincerely|cheers|yours|yours truly|respectfully)[\s,.!]*/iu;
const NAME = /^(?:\p{Lu}[\p{L}'’.-]*[\s,]*){1,4}$/u;
const PHONE_OR_SITE = /^(?:[+\d\s().-]+|\S+@\S+|(?:https?:\/\/|www\.)\S+)$/iu;
const NO_NAME =
  /\b(?:by|it|lol|the|my|your|our|that|this|at|in|on|to|of|for|what|where|when|why|who|how|is|are|am|pm|no|not|yes|texting|texts|subscription|appointment|order|now|wait|and|or|but|if|i|im|me|we|you|please|here|there|haha|jk|ha|go|lets|playing|please|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|sign|stop|start|before|after|everything|smoking|game)\b/iu;
const LONGEST_SIGNATURE_LINE = 80;

/** Drops lines below the first that look like a signature: a name, a number, a closing, "Sent from my iPhone". */
function withoutSignature(text: string): string {
  const footer = text.search(FOOTER);
  const body = footer > 0 ? text.slice(0, footer) : text;
  const lines = body.split('\n').filter((line) => /[\p{L}\p{N}]|^\s*--\s*$/u.test(line));
  const delimiter = lines.findIndex((line) => /^\s*--\s*$/.test(line));
  let end = delimiter > 0 ? delimiter : lines.length;
  while (end > 1 && isSignature(lines[end - 1] ?? '')) end -= 1;
  return lines.slice(0, end).join('\n');
}

function isSignature(line: string): boolean {
  if (line.length > LONGEST_SIGNATURE_LINE) return false;
  const trimmed = line.trim();
  const marked = /^[-–—~*_]+\s*/u.exec(trimmed)?.[0] ?? '';
  const bare = trimmed.slice(marked.length).replace(CLOSING, '').trim();
  if (bare === '') return true;
  if (PHONE_OR_SITE.test(bare)) return true;
  if (NO_NAME.test(bare)) return false;
  return NAME.test(bare) || (marked !== '' && /^[\p{L}'’.]+(?: [\p{L}'’.]+){0,2}$/u.test(bare));
}

type Clauses = readonly (readonly string[])[];

/** Clauses as rows of words; emptied ones dropped. */
const clausesOf = (latin: string): string[][] =>
  latin
    .replace(/#/g, ' number ')
    .replace(/\s[-–—]+\s|—/gu, '.')
    .replace(/[-/&_*+~='^`]/g, ' ')
    .split(/[^\p{L}\p{N}\s]+|\n/u)
    .map((clause) => clause.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);

/** Spelled out, temper left aside. */
const inEnglish = (clauses: Clauses): string[][] =>
  clauses.map((words) => calm(words.flatMap((word) => spelledOut(word) ?? [word]))).filter((words) => words.length > 0);

function calm(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; ) {
    const end = endsOfPhrases(phrasesOf('TEMPER'), words, at).at(-1);
    if (end === undefined) kept.push(words[at] ?? '');
    at = end ?? at + 1;
  }
  return kept;
}

/** Some clause says it, and no other takes it back. A line may end in the middle of a sentence, or a sentence with a line. */
function asksToStop(text: string): boolean {
  const readings = new Set(READINGS.flatMap((read) => [read(text), read(text).replace(/\s+/g, ' ')]));
  return [...readings].some((reading) => {
    const clauses = clausesOf(reading);
    return saysStop(withPhonesNamed(inEnglish(clauses))) || saysStopAbroad(clauses);
  });
}

/** "This is a work phone, stop texting it." */
function withPhonesNamed(clauses: Clauses): Clauses {
  const named = clauses.findIndex((words) => PHONE_NAMED.test(words.join(' ')));
  const isBelow = (at: number) => named >= 0 && at > named;
  return clauses.map((words, at) => (isBelow(at) ? words.flatMap((word) => (word === 'it' ? PHONE : [word])) : words));
}
const PHONE_NAMED = /^(?:this|it|that) is (?:\w+ ){0,3}(?:phone|cell|cellphone|mobile|line|landline|number)$/;
const PHONE = ['this', 'phone'] as const;

function saysStop(clauses: Clauses): boolean {
  if (clauses.some((words) => isSaid(phrasesOf('JOKES'), words))) return false;
  const isOfTexts = clauses.some((words) => isSaid(phrasesOf('WRITTEN'), words));
  const wishes = (at: number) => (isReported(clauses[at - 1]) ? undefined : wishIn(clauses[at] ?? [], isOfTexts));
  const found = clauses.findIndex((_, at) => wishes(at) !== undefined);
  if (found >= 0) return !isNarrowed(clauses, found, wishes(found));
  const isBare = (words: readonly string[]) => endsOf(bare(), words, 0).has(words.length);
  const isBeside = (words: readonly string[]) =>
    endsOfPhrases(phrasesOf('GRIEVANCES'), words, 0).length > 0 || [...endsOfBeginning(words)].includes(words.length);
  return (
    clauses.some(isBare) &&
    clauses.every((words) => isBare(words) || isBeside(words)) &&
    !clauses.some((words) => isSaid(phrasesOf('NARROWER'), words))
  );
}

const isReported = (words: readonly string[] | undefined): boolean =>
  words !== undefined && !words.includes('i') && isSaid(phrasesOf('REPORTS'), words.slice(-2));

/** What a clause says before and after asking to stop. */
interface Wish {
  readonly head: readonly string[];
  readonly rest: readonly string[];
}

function wishIn(words: readonly string[], isOfTexts: boolean): Wish | undefined {
  const turn = words.findIndex((_, at) => endsOfPhrases(phrasesOf('OTHERS'), words, at).length > 0);
  const mayTurn = (at: number) =>
    (turn < 0 || at <= turn) &&
    !/^(?:to|not)$/.test(words[at - 1] ?? '') &&
    endsOfPhrases(phrasesOf('TURNS'), words, at).length > 0;
  for (const at of placesAfter(phrasesOf('BEGINNINGS'), words, (place) => place === 0 || mayTurn(place))) {
    for (const { core, tail, openers, isOfCalls } of ways().get(words[at] ?? '') ?? []) {
      if (isOfCalls && isOfTexts) continue;
      for (const end of endsOf(core, words, at)) {
        const close = [...endsOf(tail, words, end)].find((place) => mayClose(words, place, openers));
        if (close !== undefined) return { head: words.slice(0, at), rest: words.slice(close) };
      }
    }
  }
  return undefined;
}

const mayClose = (words: readonly string[], at: number, openers: Phrases): boolean =>
  at === words.length || endsOfPhrases(openers, words, at).length > 0;

function isNarrowed(clauses: Clauses, at: number, { head = [], rest = [] }: Partial<Wish> = {}): boolean {
  const later = [rest, ...clauses.slice(at + 1)];
  if (later.some((words) => isSaid(phrasesOf('BUT'), words) && !isSaid(phrasesOf('BUT_NOTHING'), words))) return true;
  const earlier = [...clauses.slice(0, at), head].filter(
    (words) => !words.includes('you') || isSaid(phrasesOf('ASKING'), words),
  );
  return [...earlier, ...later].some((words) => isSaid(phrasesOf('NARROWER'), words));
}

function endsOfBeginning(words: readonly string[]): number[] {
  const reached = placesAfter(phrasesOf('BEGINNINGS'), words, (at) => at === 0);
  return reached.flatMap((at) => endsOfPhrases(phrasesOf('BEGINNINGS'), words, at));
}
