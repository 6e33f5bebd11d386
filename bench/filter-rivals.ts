import { LogicEngine } from 'json-logic-engine';
import { Engine } from 'json-rules-engine';
import { Query } from 'mingo';
import sift from 'sift';
import type { Contact } from '../shared/domain/contact.ts';
import { Filter } from '../shared/domain/filter.ts';
import { instant } from '../shared/domain/instant.ts';
import { type Attribute, NOW } from './people.ts';

// One question, eight claims in four groups, asked in everybody's own words. Texts are compared without regard to case, as people
// write them; a state is meant by its name and by its code.

export const filter = Filter.parse({
  all: [
    { type: 'tag', op: 'has', tag: 'lead' },
    {
      not: {
        any: [
          { type: 'tag', op: 'any-of', tags: ['customer', 'churned'] },
          { type: 'field', field: 'company', op: 'contains', value: 'test' },
        ],
      },
    },
    {
      any: [
        {
          all: [
            { type: 'location', field: 'state', op: 'in', values: ['Texas', 'CA'] },
            { type: 'custom-field', field: 'visits', op: 'at-least', value: 3 },
          ],
        },
        {
          all: [
            { type: 'custom-field', field: 'plan', op: 'is', value: 'premium' },
            { type: 'activity', activity: 'lastMessageReceived', op: 'within-days', days: 90 },
          ],
        },
      ],
    },
    { type: 'field', field: 'email', op: 'is-known' },
  ],
});

export const FROM = instant(NOW - 90 * 86_400_000);
export const UNTIL = instant(NOW);
export const STATES: ReadonlySet<string> = new Set(['tx', 'texas', 'ca', 'california']);

/** As one would write it by hand for this question alone. */
export function byHand({ tags, company, address, fields, activity, email }: Contact): boolean {
  if (!tags.includes('lead') || tags.includes('customer') || tags.includes('churned')) return false;
  if (company?.toLowerCase().includes('test')) return false;
  const { state } = address;
  const { visits, plan } = fields;
  const { lastMessageReceivedAt: at } = activity;
  return (
    ((state !== undefined && STATES.has(state.toLowerCase()) && typeof visits === 'number' && visits >= 3) ||
      (typeof plan === 'string' &&
        plan.trim().toLowerCase() === 'premium' &&
        at !== undefined &&
        at >= FROM &&
        at <= UNTIL)) &&
    email !== undefined
  );
}

type Attributes = Readonly<Record<string, Attribute>>;
const mapIn = (value: Attribute | undefined): Attributes => (value && 'M' in value ? value.M : {});
const textIn = (value: Attribute | undefined) => (value && 'S' in value ? value.S : undefined);
const numberIn = (value: Attribute | undefined) => (value && 'N' in value ? Number(value.N) : undefined);
const isIn = (value: Attribute | undefined, text: string) =>
  value !== undefined && 'L' in value && value.L.some((one) => textIn(one) === text);

/** The same by hand over attribute values. */
export function byHandStored(image: Attributes): boolean {
  const data = mapIn(image['data']);
  const tags = data['tags'];
  if (!isIn(tags, 'lead') || isIn(tags, 'customer') || isIn(tags, 'churned')) return false;
  if (textIn(data['company'])?.toLowerCase().includes('test')) return false;
  const state = textIn(mapIn(data['address'])['state']);
  const fields = mapIn(data['fields']);
  const visits = numberIn(fields['visits']);
  const plan = textIn(fields['plan']);
  const at = textIn(mapIn(data['activity'])['lastMessageReceivedAt']);
  return (
    ((state !== undefined && STATES.has(state.toLowerCase()) && visits !== undefined && visits >= 3) ||
      (plan?.trim().toLowerCase() === 'premium' && at !== undefined && at >= FROM && at <= UNTIL)) &&
    textIn(data['email']) !== undefined
  );
}

const mongo = {
  $and: [
    { tags: 'lead' },
    { $nor: [{ tags: { $in: ['customer', 'churned'] } }, { company: /test/i }] },
    {
      $or: [
        { $and: [{ 'address.state': /^(tx|texas|ca|california)$/i }, { 'fields.visits': { $gte: 3 } }] },
        {
          $and: [
            { 'fields.plan': /^\s*premium\s*$/i },
            { 'activity.lastMessageReceivedAt': { $gte: FROM, $lte: UNTIL } },
          ],
        },
      ],
    },
    { email: { $exists: true } },
  ],
};

export const bySift: (contact: Contact) => boolean = sift.default(mongo);

const query = new Query(mongo);
export const byMingo = (contact: Contact): boolean => query.test(contact);

const folded = (text: unknown) => (typeof text === 'string' ? text.trim().toLowerCase() : '');
const logic = new LogicEngine();
logic.addMethod('folded', ([text]: unknown[]) => folded(text), { deterministic: true });
const decided = logic.build({
  and: [
    { in: ['lead', { var: 'tags' }] },
    {
      '!': {
        or: [
          { in: ['customer', { var: 'tags' }] },
          { in: ['churned', { var: 'tags' }] },
          { in: ['test', { folded: [{ var: 'company' }] }] },
        ],
      },
    },
    {
      or: [
        {
          and: [
            { in: [{ folded: [{ var: 'address.state' }] }, [...STATES]] },
            { '>=': [{ var: ['fields.visits', 0] }, 3] },
          ],
        },
        {
          and: [
            { '===': [{ folded: [{ var: 'fields.plan' }] }, 'premium'] },
            { '>=': [{ var: ['activity.lastMessageReceivedAt', ''] }, FROM] },
            { '<=': [{ var: ['activity.lastMessageReceivedAt', ''] }, UNTIL] },
          ],
        },
      ],
    },
    { '!!': { var: 'email' } },
  ],
});
export const byJsonLogic = (contact: Contact): boolean => Boolean(decided(contact));

const rules = new Engine([], { allowUndefinedFacts: true });
rules.addOperator('any-of', (tags: string[], wanted: string[]) => wanted.some((tag) => tags.includes(tag)));
rules.addOperator('says', (text: string | undefined, wanted: string) => folded(text).includes(wanted));
rules.addOperator('is-one-of', (text: string | undefined, wanted: string[]) => wanted.includes(folded(text)));
rules.addOperator('within', (at: string | undefined) => at !== undefined && at >= FROM && at <= UNTIL);
rules.addOperator('is-known', (value: unknown) => value !== undefined);
rules.addRule({
  conditions: {
    all: [
      { fact: 'tags', operator: 'contains', value: 'lead' },
      {
        not: {
          any: [
            { fact: 'tags', operator: 'any-of', value: ['customer', 'churned'] },
            { fact: 'company', operator: 'says', value: 'test' },
          ],
        },
      },
      {
        any: [
          {
            all: [
              { fact: 'state', operator: 'is-one-of', value: [...STATES] },
              { fact: 'visits', operator: 'greaterThanInclusive', value: 3 },
            ],
          },
          {
            all: [
              { fact: 'plan', operator: 'is-one-of', value: ['premium'] },
              { fact: 'lastMessageReceivedAt', operator: 'within', value: true },
            ],
          },
        ],
      },
      { fact: 'email', operator: 'is-known', value: true },
    ],
  },
  event: { type: 'matches' },
});
/** A promise for each contact; its facts are given as it likes them, flat. */
export async function byJsonRules({ tags, company, address, fields, activity, email }: Contact): Promise<boolean> {
  const { lastMessageReceivedAt } = activity;
  const facts = { ...fields, tags, company, state: address.state, lastMessageReceivedAt, email };
  return (await rules.run(facts)).events.length > 0;
}
