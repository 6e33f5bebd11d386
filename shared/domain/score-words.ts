/** English as far as reading a score needs it. All words are folded as `foldText` does: "don't" is "dont". */

/** Lists are written as words, for the eye. */
const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

export const SPELLED: ReadonlyMap<string, number> = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((word, value) => [
    word,
    value,
  ]),
);

/** Numbers as well, but never a score. */
export const OTHER_NUMBERS = words(`
  eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fourty fifty sixty seventy
  eighty ninety hundred thousand million billion dozen half halfs quarter couple percent`);

/** "of" between them makes two numbers one on a scale. */
export const RATIO: readonly (readonly string[])[] = [
  ['/'],
  ['out', 'of'],
  ['outof'],
  ['outta'],
  ['out', 'a'],
  ['of'],
  ['over'],
];

/** After a number, or glued to it, these leave it a score. */
export const SCORE_NOUNS = words('point points pt pts ish');

export const ARTICLES = words('a an the');
/** Between a telling word and the number they change nothing: "at about 5", "have only 2". */
export const HEDGES = words(
  'about around roughly like maybe probably only just exactly say approx approximately number',
);

/** In the same clause before a number: it is what the score is not. */
export const NEGATIONS = words(`
  not no never nor neither without hardly isnt wasnt arent werent dont doesnt didnt cant cannot couldnt wont wouldnt shouldnt
  aint havent hasnt`);
/** Negations in form only. */
export const SURE = [
  'no doubt',
  'no question',
  'without a doubt',
  'without doubt',
  'no lie',
  'not gonna lie',
  'not going to lie',
];
/** What a score might have been. */
export const SUPPOSED = [
  'would have',
  'wouldve',
  'could have',
  'couldve',
  'should have',
  'shouldve',
  'might have',
  'used to be',
];

/** Right before a number, even across an article: more or less than it, or its sign. */
export const BOUNDS = words(`
  than under over above below beyond least most max maximum min minimum upto almost nearly exceeds between versus vs
  minus negative plus`);
export const BOUND_PAIRS = words('up_to close_to next_to used_to down_to');

/** Right before a number without an article: a time, a count, a name with a number. */
export const BEFORE_OTHERS = words(`
  at by before after until till til since in within during past on per every each x times
  have has had having got need needs want wants bought ordered took take waited waiting spent paid bring bringing brought were
  there sent send add buy order make made them
  room suite apt apartment unit gate line exit level floor highway route hwy rt interstate size age aged option
  version chapter page top step item order ticket table lot bay bus train flight cloud channel grade year day week month
  high hi phase stage part season episode iphone galaxy pixel windows model type class section area zone district door dock
  jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november
  dec december`);
/** "number 9" is a label only of something else: "#9" and "number 9" alone are scores. */
export const LABELS_OF_SCORE = words('score scored scoring rating rate rated rank ranking grade mark vote nps number');
export const GOING = words('go going vote voting opt');

/** A clause that has one speaks of a time when a bare number follows. */
export const APPOINTING = words(`
  call meet come coming arrive arriving ring phone see pickup tomorrow tonight today appointment appt booking reservation slot
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun available`);

export const QUESTIONS = words('is are was does do did what which how why can could should who when where');

/** After a number it counts these or measures in them, in whichever number. */
export const UNITS = words(`
  m min mins minute minutes h hr hrs hour hours s sec secs second seconds d day days wk wks week weeks mo mos month months yr
  yrs year years am pm oclock noon percent pct k km kms mi mile miles mph kph ft feet foot inch inches cm mm meter meters metre
  metres yards lb lbs pound pounds kg kgs kilo kilos g gram grams oz ounce ounces ml liter liters litre litres gallon gallons
  dollar dollars usd buck bucks cent cents euro euros eur gbp quid grand degrees degree x times fold star stars people persons
  men women children kids folks ppl pax pack packs ball more others each mb gb tb kb hz kw rd nd st th weeks`);
/** With "one" or 1 these are counted too. */
export const COUNTED = words(`
  person man woman child kid guy girl lady adult time visit issue problem question thing complaint reason way word item order
  bed room bedroom car dog cat call text message email appointment table box bag piece bottle cup ticket of day night place`);
/** Between number and noun. */
export const COUNT_ADJECTIVES = words(`
  other different whole full long straight extra additional great good bad nice new old little big small separate total whole
  more friendly happy very missed unanswered open rude short business working calendar hungry`);
/** They end like a plural and are none. */
export const NO_PLURAL = words(`
  thanks always perhaps sometimes cheers congrats kudos props does towards regards yours ours theirs besides overalls rocks
  looks seems means feels sounds goes keeps works blessings yes alas afterwards nevertheless his its was has this guys yall
  hands cos cuz
`);
/** After a number: or higher, and up, plus. */
export const BOUNDS_AFTER = words('plus minus max maximum min minimum tops');
export const AFTER_OR = words('more better higher above less lower below under over up greater fewer worse');
export const AFTER_AND = words('up above over higher counting change');

/** "one" is a pronoun after these. */
export const POINTING = words(`
  no this that the which what any every each some next last other another first only new old good bad great best worst big small
  right wrong same blue red green white black nice better my your our his her their`);
export const RATINGS = words('give gave giving rate rated rating score scored scoring say grade');
/** They may stand beside a lone "one". */
export const FILLERS = words(
  'um umm uh er well ok okay yes yeah yep definitely just only maybe probably please thanks sorry lol hmm easily sadly',
);
