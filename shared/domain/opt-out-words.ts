import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import type WORDS from './opt-out-words.json';
import { type Classes, type Phrases, phrases, union } from './phrase.ts';

/**
 * English in which people say that they want no more texts, read from `opt-out-words.json` when it is first needed: a file
 * beside the function's JavaScript. Words come folded, without quotes, and spelled out ("dont" is "do not"). A line of a
 * list is its phrases, or in capitals the name of a list that is part of it. Those that are no words of a sentence's own:
 *
 * - `TEMPER` changes no meaning. `BEGINNINGS`: a speaker greets, asks, insists or explains before coming to it.
 * - `LATER`: reasons and emphasis that may follow. `AT_ONCE`: "stop texting me now" ends it, "do not text me now" only puts
 *   it off.
 * - `OPENERS`: a new thought may begin with these, without a mark of punctuation. `REASONS`: behind "do not text me" many of
 *   them would limit it ("I am driving").
 * - `GRIEVANCES`: how sentences beside the bare word begin when they are about that too.
 * - `NARROWER`: a wish for less, later or elsewhere is no wish for nothing. `BUT`, but for `BUT_NOTHING`, is one too.
 * - `WRITTEN` may be what is wanted instead of calls. `ASKING`: who complains of too many says "you" as well, but does not
 *   ask.
 * - `JOKES`, `OTHERS` and `REPORTS`: not meant, or not said to us. `TURNS`: where a sentence comes to it after all.
 * - `ALARMING`: what somebody had better look at.
 */
export type ListName = keyof typeof WORDS.lists;

const Lines = z.array(z.string());
const Words = z.object({
  /** What stands for other words, and how they are misspelled: "do not = dont donot". */
  spellings: Lines,
  lists: z.record(z.string(), Lines),
});

const words = lazy(() => {
  const { spellings, lists } = Words.parse(
    createRequire(import.meta.url)('sms-workflows/shared/domain/opt-out-words.json'),
  );
  const classes: Record<string, Phrases> = {};
  const classOf = (name: string): Phrases => {
    const lines = lists[name];
    if (!lines) throw new Error(`opt-out-words.json has no list ${name}`);
    const known = classes[name] ?? union(...lines.map(read));
    classes[name] = known;
    return known;
  };
  const read = (line: string): Phrases => (/^[A-Z_]+$/.test(line) ? classOf(line) : phrases(line));
  for (const name of Object.keys(lists)) classOf(name);
  const short = spellings
    .join()
    .split(',')
    .flatMap((entry) => {
      const [long = '', shorts = ''] = entry.split('=');
      return shorts
        .trim()
        .split(' ')
        .map((each) => [each, long.trim().split(' ')] as const);
    });
  return { short: new Map<string, readonly string[]>(short), classes, classOf };
});

export const classes = (): Classes => words().classes;

/** The words that a short one stands for. */
export const spelledOut = (word: string): readonly string[] | undefined => words().short.get(word);

export const phrasesOf = (name: ListName): Phrases => words().classOf(name);
