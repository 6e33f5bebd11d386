import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { Contact } from '../../shared/domain/contact.ts';
import { CustomField, type FieldType } from '../../shared/domain/custom-field.ts';
import { decide } from '../../shared/domain/decide.ts';
import { matches } from '../../shared/domain/filter.ts';
import { InboxId } from '../../shared/domain/id.ts';
import { render } from '../../shared/domain/merge.ts';
import { operate } from '../../shared/domain/operate.ts';
import { Settings } from '../../shared/domain/settings.ts';
import { measure } from '../../shared/domain/sms-parts.ts';
import { templates } from '../../shared/domain/templates/templates.ts';
import { allSteps, Draft, Reentry, type SendMessage, TemplateName } from '../../shared/domain/workflow.ts';
import { type CheckWorkspace, check, lint, textParts } from '../../statemachines/check.ts';
import { walkSteps } from '../support/walk.ts';

const NOW = '2026-06-15T12:00:00.000Z';
const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.parse(NOW) - days * DAY).toISOString();
const inboxId = InboxId.parse('inb_01ARZ3NDEKTSV4RRFFQ69G5FAV');
const settings = Settings.parse({
  businessName: 'Sunrise Dental',
  reviewLink: 'https://example.com/review',
  bookingLink: 'https://example.com/book',
});
const contact = (given: object = {}) =>
  Contact.parse({
    id: 'ct_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    phone: '+14155550171',
    firstName: 'Alexandra',
    derived: {},
    optIn: { source: 'web_chat', at: NOW },
    consent: { status: 'unknown' },
    activity: {},
    changedBy: { type: 'api' },
    createdAt: NOW,
    updatedAt: NOW,
    ...given,
  });

const names = TemplateName.options;
const typesOf = (name: TemplateName): ReadonlyMap<string, FieldType> =>
  new Map(templates[name].customFields.map(({ key, type }) => [key, type]));
/** What its description says it needs, and nothing else. */
const workspaceOf = (name: TemplateName): CheckWorkspace => ({
  settings: Settings.parse(
    Object.fromEntries(templates[name].variables.map((variable) => [variable, settings[variable]])),
  ),
  fieldTypes: typesOf(name),
  list: () => undefined,
  inboxes: new Set([inboxId]),
});
const textsOf = (name: TemplateName): SendMessage[] =>
  [...allSteps(templates[name].draft.steps)].filter((step) => step.type === 'send-message');

describe.each(names)('%s', (name) => {
  const { draft, title, description, customFields, reentry } = templates[name];

  it('is a draft as people would write it, without an inbox', async () => {
    expect(Draft.parse(draft)).toEqual(draft);
    expect(draft.inboxId).toBeUndefined();
    expect([title, description].every((text) => text.length > 0 && text.length < 400)).toBe(true);
    expect(Reentry.parse(reentry)).toEqual(reentry);
    for (const field of customFields) CustomField.parse({ ...field, createdAt: NOW });
    const golden = join(import.meta.dirname, '../golden', `${name}.workflow.json`);
    await expect(`${JSON.stringify(draft, null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  it('can be published as it is, once it has an inbox and what it needs', () => {
    const codes = check({ ...draft, inboxId }, workspaceOf(name)).map(({ code }) => code);
    const own = { blank: ['EMPTY_TRIGGER', 'NO_STEPS'], 'send-message': ['EMPTY_TRIGGER'] };
    expect(codes).toEqual(name in own ? own[name as keyof typeof own] : []);
  });

  it('needs all that it says it needs', () => {
    const faults = check(
      { ...draft, inboxId },
      { ...workspaceOf(name), settings: Settings.parse({}), fieldTypes: new Map() },
    );
    const codes = new Set(faults.map(({ code }) => code));
    expect(codes.has('UNSET_VARIABLE')).toBe(templates[name].variables.length > 0);
    expect(codes.has('UNKNOWN_FIELD')).toBe(customFields.length > 0);
    const unset = new Set(
      faults.flatMap(({ detail }) => /\{\{workspace\.(\w+)\}\} is not set/.exec(detail)?.[1] ?? []),
    );
    expect([...unset].sort()).toEqual([...templates[name].variables].sort());
  });

  it('gives nothing to advise on', () => {
    expect(lint(draft)).toEqual([]);
  });

  it('fits every text into one part, of any first name or none', () => {
    for (const someone of [contact(), contact({ firstName: undefined }), contact({ firstName: 'Bartholomew-James' })]) {
      for (const { text } of textsOf(name)) {
        const merged = render(text, someone, settings);
        expect({ merged, ...measure(merged) }).toMatchObject({ encoding: 'GSM-7', parts: 1, forcing: [] });
      }
    }
    expect(textParts(draft, workspaceOf(name)).map(({ parts }) => parts)).toEqual(textsOf(name).map(() => 1));
  });

  it('opens with the business name and says how to opt out', () => {
    const [first] = textsOf(name);
    if (!first) return;
    expect(render(first.text, contact(), settings)).toMatch(/^Sunrise Dental: .*\bSTOP to opt out\.$/);
  });
});

describe('who is enrolled', () => {
  const enrols = (name: TemplateName, given: object) =>
    matches(templates[name].draft.trigger.filter, contact(given), {
      now: Date.parse(NOW),
      zone: 'America/New_York',
      fieldTypes: typesOf(name),
      list: () => undefined,
    });

  test.each([
    [{}, true],
    [{ optIn: { source: 'web_form', at: NOW } }, false],
    [{ activity: { lastMessageSentAt: ago(1) } }, false],
    [{ activity: { lastMessageReceivedAt: ago(1) } }, true],
  ])('autoresponder: %j is %s', (given, truth) => expect(enrols('autoresponder', given)).toBe(truth));

  test.each([
    [{ tags: ['visit-completed'] }, true],
    [{ tags: ['visit-completed', 'review-asked'] }, false],
    [{ tags: [] }, false],
  ])('reviews: %j is %s', (given, truth) => expect(enrols('reviews', given)).toBe(truth));

  const heard = { tags: ['customer'], activity: { lastMessageReceivedAt: ago(89) } };
  test.each([
    [heard, true],
    [{ ...heard, tags: [] }, false],
    [{ tags: ['customer'], activity: { lastCallAt: ago(1) } }, true],
    [{ tags: ['customer'], activity: { lastCallAt: ago(91), lastMessageSentAt: ago(1) } }, false],
    [{ ...heard, fields: { nps_asked_at: ago(89) } }, false],
    [{ ...heard, fields: { nps_asked_at: ago(91) } }, true],
  ])('nps: %j is %s', (given, truth) => expect(enrols('nps', given)).toBe(truth));

  test.each([
    [{ tags: ['lead'] }, true],
    [{ tags: ['lead', 'customer'] }, false],
    [{ tags: [] }, false],
  ])('nurture: %j is %s', (given, truth) => expect(enrols('nurture', given)).toBe(truth));

  it('nps is meant to be published with re-entry on, the others are not', () => {
    expect(names.filter((name) => templates[name].reentry.allowReentry)).toEqual(['nps']);
  });
});

/** Plays a template to its end: answers in turn, null for silence; what is left is texts by id, tags and fields. */
function play(name: TemplateName, answers: (string | null)[], given: object = {}) {
  let now = contact(given);
  const left = [...answers];
  const texts: string[] = [];
  const context = { now: Date.parse(NOW), zone: 'UTC', fieldTypes: typesOf(name), list: () => undefined };
  const byId = new Map(Array.from(allSteps(templates[name].draft.steps), (step) => [step.id, step]));
  let heard: string | undefined;
  walkSteps(templates[name].draft.steps, {
    did: (event) => {
      const step = byId.get(event);
      if (step?.type === 'send-message') texts.push(step.id);
      else if (step && step.type !== 'wait' && step.type !== 'if-else') now = operate(now, [step], NOW, heard).contact;
    },
    answer: () => {
      heard = left.shift() ?? undefined;
      return heard;
    },
    holds: (step, answer) => decide([step], answer, now, context).is[step.id] ?? false,
  });
  const { tags, fields } = now;
  return { texts, tags, fields, unasked: left };
}

describe('what happens', () => {
  test.each<[(string | null)[], string[], string[]]>([
    [['I want to BOOK a visit'], ['greeting', 'booking-link'], ['hot-lead']],
    [['what is your price?'], ['greeting', 'booking-link'], ['hot-lead']],
    [['do you take insurance?'], ['greeting'], ['needs-human']],
    [[null, null], ['greeting', 'nudge'], []],
    [[null, 'Book'], ['greeting', 'nudge', 'booking-link-2'], ['hot-lead']],
    [[null, 'hello?'], ['greeting', 'nudge'], ['needs-human']],
  ])('autoresponder: %j', (answers, texts, tags) => {
    expect(play('autoresponder', answers)).toEqual({ texts, tags, fields: {}, unasked: [] });
  });

  test.each<[(string | null)[], string[], string[]]>([
    [['Done!'], ['ask', 'thanks'], ['reviewed']],
    [['no problem, posted'], ['ask', 'thanks'], ['reviewed']],
    [['I left, the staff was rude'], ['ask', 'apology'], ['service-recovery']],
    [['terrible'], ['ask', 'apology'], ['service-recovery']],
    [['who is this'], ['ask'], ['needs-human']],
    [[null, null], ['ask', 'reminder'], []],
    [[null, 'reviewed'], ['ask', 'reminder', 'thanks-2'], ['reviewed']],
    [[null, 'it was awful'], ['ask', 'reminder', 'apology-2'], ['service-recovery']],
  ])('reviews: %j', (answers, texts, tags) => {
    const result = play('reviews', answers, { tags: ['visit-completed'] });
    expect(result).toEqual({ texts, tags: [...tags, 'review-asked'].sort(), fields: {}, unasked: [] });
  });

  it('reviews: the thank-you is off, and where it is on it does not ask how the visit was', () => {
    const on = { tags: ['review-incentive'] };
    expect(play('reviews', ['posted, it was great']).texts).toEqual(['ask', 'thanks']);
    expect(play('reviews', ['posted, it was great'], on).texts).toEqual(['ask', 'incentive-text', 'thanks']);
    expect(play('reviews', ['posted, it was terrible'], on).texts).toEqual(['ask', 'incentive-text', 'apology']);
    expect(play('reviews', [null, null], on).texts).toEqual(['ask', 'reminder']);
  });

  test.each<[(string | null)[], string[], string[], number?]>([
    [['10'], ['question', 'promoter-thanks'], ['promoter'], 10],
    [['7', 'cheaper'], ['question', 'passive-question', 'passive-link'], ['passive'], 7],
    [['8', null], ['question', 'passive-question', 'passive-link'], ['passive'], 8],
    [['6', 'you were late'], ['question', 'detractor-apology'], ['detractor'], 6],
    [['1/10', null], ['question', 'detractor-apology'], ['detractor'], 1],
    [['great', '9'], ['question', 'ask-again', 'promoter-thanks-2'], ['promoter'], 9],
    [['great', 'I said great'], ['question', 'ask-again'], ['needs-human']],
    [['great', null], ['question', 'ask-again'], []],
    [[null, '0', 'no'], ['question', 'nudge', 'detractor-apology-3'], ['detractor'], 0],
    [[null, 'what?'], ['question', 'nudge'], ['needs-human']],
    [[null, null], ['question', 'nudge'], []],
  ])('nps: %j', (answers, texts, tags, score) => {
    const fields = { nps_asked_at: NOW, ...(score !== undefined && { nps_score: score }) };
    expect(play('nps', answers)).toEqual({ texts, tags, fields, unasked: [] });
  });

  it('nps: who is a promoter now is no detractor any more', () => {
    expect(play('nps', ['9'], { tags: ['customer', 'detractor'] }).tags).toEqual(['customer', 'promoter']);
  });

  test.each<[(string | null)[], string[], string[]]>([
    [['Yes please', null], ['offer', 'booking-link', 'booking-reminder'], ['demo-interested']],
    [['sure', 'booked'], ['offer', 'booking-link'], ['demo-interested']],
    [
      ['sure', 'can you call me?'],
      ['offer', 'booking-link'],
      ['demo-interested', 'needs-human'],
    ],
    [['no thanks'], ['offer', 'kind-close'], ['lead', 'not-interested']],
    [['not interested'], ['offer', 'kind-close'], ['lead', 'not-interested']],
    [['yes? no!'], ['offer', 'kind-close'], ['lead', 'not-interested']],
    [['yes, why not'], ['offer'], ['lead', 'needs-human']],
    [['what does it cost'], ['offer'], ['lead', 'needs-human']],
    [[null], ['offer', 'last-note'], ['lead']],
  ])('nurture: %j', (answers, texts, tags) => {
    expect(play('nurture', answers, { tags: ['lead'] })).toEqual({ texts, tags, fields: {}, unasked: [] });
  });

  it('send-message: one text, then a tag', () => {
    expect(play('send-message', [])).toEqual({ texts: ['message'], tags: ['sent-message'], fields: {}, unasked: [] });
  });
});
