import { lazy } from './lazy.ts';
import { classes, type ListName, phrasesOf } from './opt-out-words.ts';
import { firstWordsOf, type Pattern, type Phrases, patternReader, phrases } from './phrase.ts';

/**
 * Sentences that mean an opt-out, as patterns over the lists of `opt-out-words.json`: wide where they can mean only that,
 * silent where they may mean something else.
 */

/** Ways to say it. Each begins where a speaker comes to it and ends with its clause, in its tail or before an opener. */
interface Way {
  readonly cores: readonly string[];
  readonly tail: 'LATER' | 'LATER|AT_ONCE' | 'AFTER_CALLS';
  readonly openers?: ListName;
  /** About calls alone: beside a word about texts, those may be what is wanted instead. */
  readonly isOfCalls?: boolean;
}

const STOP_IT: Way = {
  tail: 'LATER|AT_ONCE',
  openers: 'OPENERS',
  cores: [
    'STOP TEXTING ME* with? DET* MESSAGES? ME*',
    'STOP TEXTING ME* with? DET+ THINGS',
    'STOP writing ME+',
    'STOP all? sending ME* DET* THINGS? ME*',
    'STOP CALLING ME* and|or|n TEXTING ME*',
    'STOP TEXTING ME* and|or|n CALLING ME*',
    'STOP DET* MESSAGES ME*',
    'STOP all? further? contact|communication with? ME*',
    'cease and desist all? contact?',
    'END DET* TEXTS ME*',
    'STOP it with DET* MESSAGES',
    'enough of|with? DET* MESSAGES',
    'i|we? would? want|need|like DET* MESSAGES to stop|end',
    'end|cease all? further? contact with? ME*',
    'no MORE+ DET* MESSAGES ME*',
    'no more text|message|contact|contacting ME*',
    'REMOVE NAME|NUMBER ME* OFF KIND* LIST',
    'REMOVE NUMBER',
    'TAKE NAME|NUMBER OFF KIND* LIST',
    'take|remove me|us|NUMBER of KIND* list|lists',
    'put|add|place NAME|NUMBER on|to|onto KIND* do not call|contact|text|disturb KIND* list|registry?',
    'lose|forget|trash|discard NUMBER',
    'WISH* UNSUBSCRIBE OFF|of KIND* LIST ME*',
    'WISH* UNSUBSCRIBE of|from GET DET* MESSAGES',
    'WISH* UNSUBSCRIBE ME*',
    'WISH* LEAVE OFF? KIND* LIST',
    'WISH* remove|take|delete|get NAME|NUMBER OFF KIND* LIST',
    'WISH* END KIND* TEXTS',
    'WISH* STOP getting|receiving DET* THINGS ME*',
    'WISH* STOP DET+ TEXTS',
    'WISH* make|get DET* MESSAGES to? stop',
    'WISH* not be TEXTED',
    'WISH* get|make you to? STOP TEXTING|sending ME* DET* THINGS?',
    'i|we? want|need off|out OFF? KIND* LIST',
    'let me off|out OFF? KIND* LIST',
    'i|we? would? want|need|like NAME|NUMBER to? be? removed|deleted|off|out OFF? KIND* LIST',
    'WISH* revoke|revoking|withdraw|withdrawing|rescind CONSENT',
    'WISH* revoke|revoking|withdraw|withdrawing|rescind CONSENT for|to? be? GET? DET* MESSAGES|TEXTING|TEXT|TEXTED ME*',
    'CONSENT is|has? been? hereby? revoked|withdrawn|rescinded|denied',
    'leave me|us|my? the? alone|be',
    'leave my phone|number alone',
  ],
};

const NEVER_AGAIN: Way = {
  tail: 'LATER',
  openers: 'REASONS',
  cores: [
    'NEVER TEXT ME+ DET* MESSAGES?',
    'NEVER TEXT ME* AGAIN',
    'NEVER TEXT ME* and|or|nor CALL ME*',
    'NEVER CALL ME* and|or|nor TEXT ME*',
    'NEVER CALL ME* AGAIN',
    'NEVER send ME* DET* MESSAGES|JUNK ME*',
    'NEVER send ME* DET* THINGS? ME* AGAIN',
    'NEVER keep TEXTING|sending ME* DET* THINGS?',
    'NEVER continue to? TEXT|TEXTING ME+',
    'NEVER use my|this number',
    'not TEXTING ME+',
    'i|we? NOT_WANTED to? GET? DET* MESSAGES ME*',
    'i|we? NOT_WANTED DET* TEXTING|texting',
    'i|we? NOT_WANTED GET DET* THINGS ME*',
    'i|we? NOT_WANTED to? be|being TEXTED',
    'i|we? NOT_WANTED to? hear|hearing anything? more? from you AGAIN*',
    'i|we? NOT_WANTED any? contact with|from you',
    'i|we? NOT_WANTED you to? TEXT|TEXTING ME*',
    'i|we? NOT_WANTED to? be|being on|in|part of? KIND* LIST',
    'i EARLIER consent|consented|agree|agreed to being|be? GET? DET* TEXTED|MESSAGES',
    'you EARLIER have CONSENT',
    'MISTAKEN* wrong WHOM',
    'MISTAKEN* not the right|correct number|person',
    'this is EARLIER _ number',
    'this is EARLIER _ _ number',
    'there is no _ at this number',
    'this number does not belong to _',
    'nobody|noone by|with that|this name here|at? this? number?',
    'not my|his|her|their number',
  ],
};

/** Short enough to mean something else as soon as anything follows. */
const ALONE: Way = {
  tail: 'LATER|AT_ONCE',
  cores: [
    'TAKE NAME|NUMBER OFF this',
    'REMOVE NAME|NUMBER OFF this|here',
    'UNSUBSCRIBE OFF this|here|everything|all',
    'take NAME|NUMBER off',
    'remove|delete|unsubscribe|erase me',
    'delete|erase NUMBER',
    'lose my contact|info',
    'get off|out of? my phone',
    'do not text|contact|message',
    'no texts|texting',
    'i do not consent',
    'go away',
    'get lost',
    'buzz|fuck|f|piss|bug|bugger|sod|screw off',
    'DET+ TEXTS must|need|needs|has|have to? stop|end|cease',
  ],
};

/** With a name behind it, it is about that name. */
const CALLED: Way = {
  tail: 'AFTER_CALLS',
  isOfCalls: true,
  cores: ['STOP calling|phoning ME+'],
};

interface Core {
  readonly word: string;
  readonly core: Pattern;
  readonly tail: Pattern;
  readonly openers: Phrases;
  readonly isOfCalls: boolean;
}

/** The ways by the word they begin with. */
export const ways = lazy((): ReadonlyMap<string, readonly Core[]> => {
  const read = patternReader(classes());
  const cores = [STOP_IT, NEVER_AGAIN, ALONE, CALLED].flatMap(
    ({ cores: sources, tail: lists, openers: list, isOfCalls = false }) => {
      const tail = read(`${lists}*`);
      const openers = list ? phrasesOf(list) : phrases();
      return sources.flatMap((source) => {
        const core = read(source);
        return Array.from(firstWordsOf(core), (word): Core => ({ word, core, tail, openers, isOfCalls }));
      });
    },
  );
  return Map.groupBy(cores, ({ word }) => word);
});

/** The word alone, in a message whose other sentences are only about that. */
export const bare = lazy((): Pattern => patternReader(classes())('BEFORE_BARE* BARE AFTER_BARE*'));
