import * as z from 'zod/mini';
import { FieldKey, Tag } from './contact.ts';
import { DateText } from './date-text.ts';
import { ListId } from './id.ts';
import { wanted } from './wanted.ts';

/**
 * What a filter may ask of a contact. An operator reads as a claim: texts `is is-not contains starts-with in not-in`,
 * numbers `is is-not in not-in less-than at-most more-than at-least between`, dates `on before after between within-days
 * not-within-days`, booleans `is is-not`, and `is-known is-unknown` of everything. One operand is `value`, several are
 * `values`, bounds are `from` and `to`.
 */

const TextOperand = z.string(wanted('a text')).check(z.maxLength(1000));
/** A number, or a text that spells one: "5" counts as 5. */
const NumberOperand = z.union(
  [
    z.number(),
    z.pipe(z.string().check(z.maxLength(40), z.trim(), z.regex(/^[+-]?(\d+\.?\d*|\.\d+)$/)), z.transform(Number)),
  ],
  wanted('a number'),
);
const Days = z.int(wanted('a whole number of days')).check(z.gte(1), z.lte(36_500));
const most = 200;
const several = <Operand extends z.ZodMiniType>(operand: Operand) =>
  z.array(operand, wanted('a list of values')).check(z.maxLength(most));

const KnownOp = z.enum(['is-known', 'is-unknown']);
const OneTextOp = z.enum(['is', 'is-not', 'contains', 'starts-with']);
const ManyOp = z.enum(['in', 'not-in']);
const EqualOp = z.enum(['is', 'is-not']);
const CompareOp = z.enum(['less-than', 'at-most', 'more-than', 'at-least']);
const DateOp = z.enum(['on', 'before', 'after']);
const DaysOp = z.enum(['within-days', 'not-within-days']);
const Between = z.literal('between');

/** The claims about a value of one kind, each with the keys that say whose value it is. */
const textAsk = <Whose extends z.core.$ZodLooseShape>(whose: Whose) =>
  z.discriminatedUnion('op', [
    z.strictObject({ ...whose, op: OneTextOp, value: TextOperand }),
    z.strictObject({ ...whose, op: ManyOp, values: several(TextOperand) }),
    z.strictObject({ ...whose, op: KnownOp }),
  ]);
const dateAsk = <Whose extends z.core.$ZodLooseShape>(whose: Whose) =>
  z.discriminatedUnion('op', [
    z.strictObject({ ...whose, op: DateOp, value: DateText }),
    z.strictObject({ ...whose, op: Between, from: DateText, to: DateText }),
    z.strictObject({ ...whose, op: DaysOp, days: Days }),
    z.strictObject({ ...whose, op: KnownOp }),
  ]);

export const TextAsk = textAsk({});
export type TextAsk = z.infer<typeof TextAsk>;
export const DateAsk = dateAsk({});
export type DateAsk = z.infer<typeof DateAsk>;
export const NumberAsk = z.discriminatedUnion('op', [
  z.strictObject({ op: EqualOp, value: NumberOperand }),
  z.strictObject({ op: CompareOp, value: NumberOperand }),
  z.strictObject({ op: Between, from: NumberOperand, to: NumberOperand }),
  z.strictObject({ op: ManyOp, values: several(NumberOperand) }),
  z.strictObject({ op: KnownOp }),
]);
export type NumberAsk = z.infer<typeof NumberAsk>;
export const BooleanAsk = z.discriminatedUnion('op', [
  z.strictObject({ op: EqualOp, value: z.boolean(wanted('true or false')) }),
  z.strictObject({ op: KnownOp }),
]);
export type BooleanAsk = z.infer<typeof BooleanAsk>;

const tag = { type: z.literal('tag') };
const TagLeaf = z.discriminatedUnion('op', [
  z.strictObject({ ...tag, op: z.enum(['has', 'has-not']), tag: Tag }),
  z.strictObject({ ...tag, op: z.enum(['any-of', 'all-of']), tags: several(Tag) }),
  z.strictObject({ ...tag, op: KnownOp }),
]);
export type TagLeaf = z.infer<typeof TagLeaf>;

export const TextField = z.enum(['firstName', 'lastName', 'email', 'company', 'language', 'phone', 'timeZone']);
export type TextField = z.infer<typeof TextField>;
export const DateField = z.enum(['birthday', 'createdAt']);
export type DateField = z.infer<typeof DateField>;

const field = { type: z.literal('field') };
const TextFieldLeaf = textAsk({ ...field, field: TextField });
const DateFieldLeaf = dateAsk({ ...field, field: DateField });
export type DateFieldLeaf = z.infer<typeof DateFieldLeaf>;
const FieldLeaf = z.discriminatedUnion('field', [TextFieldLeaf, DateFieldLeaf]);
export type FieldLeaf = z.infer<typeof FieldLeaf>;

/** A custom field's declared type decides which of these claims make sense: see `customClause`. */
const custom = { type: z.literal('custom-field'), field: FieldKey };
const Scalar = z.union([TextOperand, z.number(), z.boolean()], wanted('a text, a number, true or false'));
const Bound = z.union([TextOperand, z.number()], wanted('a number or a date'));
const CustomFieldLeaf = z.discriminatedUnion('op', [
  z.strictObject({ ...custom, op: EqualOp, value: Scalar }),
  z.strictObject({ ...custom, op: z.enum(['contains', 'starts-with']), value: TextOperand }),
  z.strictObject({ ...custom, op: ManyOp, values: several(Bound) }),
  z.strictObject({ ...custom, op: CompareOp, value: Bound }),
  z.strictObject({ ...custom, op: Between, from: Bound, to: Bound }),
  z.strictObject({ ...custom, op: DateOp, value: DateText }),
  z.strictObject({ ...custom, op: DaysOp, days: Days }),
  z.strictObject({ ...custom, op: KnownOp }),
]);
export type CustomFieldLeaf = z.infer<typeof CustomFieldLeaf>;

const location = { type: z.literal('location') };
const degrees = (limit: number) => z.number(wanted('a number of degrees')).check(z.gte(-limit), z.lte(limit));
export const Place = z.enum(['country', 'state', 'city', 'postalCode']);
export type Place = z.infer<typeof Place>;
const LocationLeaf = z.discriminatedUnion('op', [
  textAsk({ ...location, field: Place }),
  z.strictObject({
    ...location,
    op: z.literal('within-km'),
    latitude: degrees(90),
    longitude: degrees(180),
    km: z.number(wanted('a number of kilometres')).check(z.gte(0), z.lte(20_100)),
  }),
]);
export type LocationLeaf = z.infer<typeof LocationLeaf>;

export const ActivityName = z.enum([
  'lastMessageSent',
  'lastMessageReceived',
  'lastContacted',
  'lastCall',
  'created',
  'optedIn',
]);
export type ActivityName = z.infer<typeof ActivityName>;
const ActivityLeaf = dateAsk({ type: z.literal('activity'), activity: ActivityName });
const SourceLeaf = textAsk({ type: z.literal('opt-in-source') });
const ListLeaf = z.strictObject({ type: z.literal('list'), op: ManyOp, listId: ListId });
export type ListLeaf = z.infer<typeof ListLeaf>;

/** One claim about a contact. */
export const Leaf = z.discriminatedUnion('type', [
  TagLeaf,
  FieldLeaf,
  CustomFieldLeaf,
  LocationLeaf,
  ActivityLeaf,
  SourceLeaf,
  ListLeaf,
]);
export type Leaf = z.infer<typeof Leaf>;
