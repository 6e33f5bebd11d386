import { describe, expect, it, test } from 'vitest';
import { business, done, enroll, INBOX, newContact, publishTemplate, timeline } from '../support/business.ts';
import { runsOf, type Stage, staged, told } from '../support/template-story.ts';
import { DAY, localWorld, START } from '../support/world.ts';

const QUESTION =
  'Sample Studio: How likely are you to recommend us to a friend, from 0 (not at all) to 10 (very)? Reply with a number, or STOP to opt out.';
const ASK_AGAIN =
  'Thanks! To count your answer we need one number: from 0 (not at all) to 10 (very), how likely are you to recommend us?';
const NUDGE =
  'Sample Studio: One number is all it takes: from 0 to 10, how likely are you to recommend us to a friend?';
const PROMOTER =
  'Thank you, that makes our day! Would you share it with others in a short review? https://example.com/review';
const PASSIVE = 'Thank you! What is the one thing we could do better for you?';
const PASSIVE_LINK =
  'Sample Studio: Thanks for helping us get better. If you like, tell others about us too: https://example.com/review';
const APOLOGY =
  'We are sorry that we let you down. What went wrong? Just reply here, a person will read it and get back to you.';
const UNSUBSCRIBED = 'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.';

/** A message is a second on its way. */
const ASKED_AT = new Date(START + 1000).toISOString();
const asked = {
  texts: [QUESTION],
  parts: 1,
  tags: ['customer'],
  fields: { nps_asked_at: ASKED_AT },
  branches: [],
  run: 'COMPLETED',
};
const untouched = { texts: [], parts: 0, tags: ['customer'], fields: {}, branches: [], run: 'NEVER_ENROLLED' };

const reentry = { allowReentry: true };
/** A customer who has just written, and so is asked. */
async function customer({ world }: Stage, tags: readonly string[] = ['customer']) {
  const contact = await newContact(world, { tags });
  await world.says(contact.phone, 'Are you open today?', { to: INBOX });
  return contact;
}

describe('the NPS workflow', () => {
  it('asks customers when they write, and writes down when', async () => {
    const stage = await staged('nps', reentry);
    expect(await told(stage, await customer(stage))).toEqual({ ...asked, run: 'RUNNING' });
  });

  it('asks who becomes a customer after having written', async () => {
    const stage = await staged('nps', reentry);
    const contact = await customer(stage, []);
    expect(await told(stage, contact)).toEqual({ ...untouched, tags: [] });
    await stage.world.pass(89 * DAY);
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/customer`));
    expect(await stage.world.texts(contact.phone)).toEqual([QUESTION]);
  });

  it('does not ask customers who have never been in touch', async () => {
    const stage = await staged('nps', reentry);
    expect(await told(stage, await newContact(stage.world, { tags: ['customer'] }))).toEqual(untouched);
  });

  it('does not ask who was last in touch more than 90 days ago, though we have texted them since', async () => {
    const stage = await staged('nps', reentry);
    const contact = await customer(stage, []);
    await stage.world.pass(90 * DAY + 1);
    await done(
      stage.world.api('POST', '/v1/messages', { contactId: contact.id, inboxId: stage.studio.inboxId, text: 'Hi' }),
    );
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/customer`));
    expect(await told(stage, contact)).toEqual({ ...untouched, texts: ['Hi'], parts: 1 });
  });

  it('asks existing customers on publishing, if told to', async () => {
    const world = localWorld();
    const studio = await business(world);
    const [heard, unheard] = [
      await newContact(world, { tags: ['customer'] }),
      await newContact(world, { tags: ['customer'] }),
    ];
    await world.says(heard.phone, 'Hello', { to: INBOX });
    await publishTemplate(world, studio, 'nps', { ...reentry, enrollExisting: true });
    expect([await world.texts(heard.phone), await world.texts(unheard.phone)]).toEqual([[QUESTION], []]);
  });
});

describe('asked how likely they recommend us', () => {
  const answered = async (...answers: (string | null)[]) => {
    const stage = await staged('nps', reentry);
    return told(stage, await customer(stage), ...answers);
  };
  const scored = (score: number) => ({ nps_asked_at: ASKED_AT, nps_score: score });
  const promoter = (score = 10) => ({
    ...asked,
    texts: [QUESTION, PROMOTER],
    tags: ['customer', 'promoter'],
    fields: scored(score),
    branches: ['is-promoter then'],
  });
  const passive = (score: number) => ({
    ...asked,
    texts: [QUESTION, PASSIVE, PASSIVE_LINK],
    tags: ['customer', 'passive'],
    fields: scored(score),
    branches: ['is-promoter else', 'is-passive then'],
  });
  const detractor = (score: number) => ({
    ...asked,
    texts: [QUESTION, APOLOGY],
    tags: ['customer', 'detractor'],
    fields: scored(score),
    branches: ['is-promoter else', 'is-passive else', 'is-detractor then'],
  });

  test.each([
    ['10', 10],
    ['9/10', 9],
    ['Nine!', 9],
    ['definitely a 10', 10],
    ['🔟', 10],
  ])('promoters, as by "%s", are thanked and asked for a review', async (answer, score) => {
    expect(await answered(answer, null, null)).toEqual(promoter(score));
  });

  test.each([
    ['7', 7],
    ['8 out of 10', 8],
    ['seven', 7],
  ])('passives, as by "%s", are asked one question, and get the link after their answer', async (answer, score) => {
    expect(await answered(answer)).toEqual({ ...passive(score), texts: [QUESTION, PASSIVE], run: 'RUNNING' });
    expect(await answered(answer, 'cheaper parking')).toEqual(passive(score));
  });

  it('passives get the link also after a day of silence', async () => {
    expect(await answered('8', null)).toEqual(passive(8));
  });

  test.each([
    ['6', 6],
    ['1/10', 1],
    ['0', 0],
    ['zero', 0],
  ])('detractors, as by "%s", get an apology, and whatever they say next is for a person', async (answer, score) => {
    expect(await answered(answer)).toEqual({ ...detractor(score), run: 'RUNNING' });
    expect(await answered(answer, 'you were late')).toEqual(detractor(score));
    expect(await answered(answer, null)).toEqual(detractor(score));
  });

  const unclear = ['is-promoter else', 'is-passive else', 'is-detractor else'];
  test.each(['great', 'not a 10, more like 6', '10 minutes', '100%', '11', '8 or 9', '7.5', '-8', '9+'])(
    'who says "%s" is asked once more, and no score is written',
    async (answer) =>
      expect(await answered(answer)).toEqual({
        ...asked,
        texts: [QUESTION, ASK_AGAIN],
        branches: unclear,
        run: 'RUNNING',
      }),
  );

  it('who is clear at the second try counts', async () => {
    const again = (texts: string[]) => [QUESTION, ASK_AGAIN, ...texts];
    expect(await answered('great', '9')).toEqual({
      ...promoter(9),
      texts: again([PROMOTER]),
      branches: [...unclear, 'is-promoter-2 then'],
    });
    expect(await answered('great', '7', 'parking')).toEqual({
      ...passive(7),
      texts: again([PASSIVE, PASSIVE_LINK]),
      branches: [...unclear, 'is-promoter-2 else', 'is-passive-2 then'],
    });
    expect(await answered('great', '3', null)).toEqual({
      ...detractor(3),
      texts: again([APOLOGY]),
      branches: [...unclear, 'is-promoter-2 else', 'is-passive-2 else', 'is-detractor-2 then'],
    });
  });

  it('who is unclear twice is left to a person', async () => {
    expect(await answered('great', 'I said great', null)).toEqual({
      ...asked,
      texts: [QUESTION, ASK_AGAIN],
      tags: ['customer', 'needs-human'],
      branches: [...unclear, 'is-promoter-2 else', 'is-passive-2 else', 'is-detractor-2 else'],
    });
  });

  it('who is silent at the second try is left in peace', async () => {
    expect(await answered('great', null, null)).toEqual({
      ...asked,
      texts: [QUESTION, ASK_AGAIN],
      branches: [...unclear, 'is-promoter-2 noReply'],
    });
  });

  const nudged = { ...asked, texts: [QUESTION, NUDGE], branches: ['is-promoter noReply'] };
  it('who is silent is nudged once', async () => {
    expect(await answered(null)).toEqual({ ...nudged, run: 'RUNNING' });
    expect(await answered(null, null, null)).toEqual({
      ...nudged,
      branches: ['is-promoter noReply', 'is-promoter-3 noReply'],
    });
  });

  it('who answers the nudge counts', async () => {
    const nudgedThen = (...texts: string[]) => [QUESTION, NUDGE, ...texts];
    const way = (...branches: string[]) => ['is-promoter noReply', ...branches];
    expect(await answered(null, '10')).toEqual({
      ...promoter(10),
      texts: nudgedThen(PROMOTER),
      branches: way('is-promoter-3 then'),
    });
    expect(await answered(null, '8', null)).toEqual({
      ...passive(8),
      texts: nudgedThen(PASSIVE, PASSIVE_LINK),
      branches: way('is-promoter-3 else', 'is-passive-3 then'),
    });
    expect(await answered(null, '2', 'rude')).toEqual({
      ...detractor(2),
      texts: nudgedThen(APOLOGY),
      branches: way('is-promoter-3 else', 'is-passive-3 else', 'is-detractor-3 then'),
    });
    expect(await answered(null, 'no idea')).toEqual({
      ...nudged,
      tags: ['customer', 'needs-human'],
      branches: way('is-promoter-3 else', 'is-passive-3 else', 'is-detractor-3 else'),
    });
  });

  it('who says STOP is asked nothing more', async () => {
    expect(await answered('Stop.', null, null)).toEqual({
      ...asked,
      texts: [QUESTION, UNSUBSCRIBED],
      run: 'OPTED_OUT',
    });
  });

  it('has the whole way in the timeline of the run', async () => {
    const stage = await staged('nps', reentry);
    const contact = await customer(stage);
    await told(stage, contact, 'hm', '8', null);
    const [run = ''] = await runsOf(stage.world, stage.workflow, contact);
    expect(await timeline(stage.world, run)).toEqual([
      ...['ENROLLED', 'SENT', 'FIELD_SET', 'WAITING', 'REPLIED', 'FIELD_NOT_SET', 'BRANCH', 'BRANCH', 'BRANCH'],
      ...['SENT', 'WAITING', 'REPLIED', 'FIELD_SET', 'BRANCH', 'BRANCH'],
      ...['TAG_REMOVED', 'TAG_REMOVED', 'TAG_ADDED', 'SENT', 'WAITING', 'TIMED_OUT', 'SENT', 'ENDED'],
    ]);
  });
});

describe('asking again', () => {
  const answeredOnce = async (options: Parameters<typeof staged>[1]) => {
    const stage = await staged('nps', options);
    const contact = await customer(stage);
    await told(stage, contact, '3', 'you were late');
    return { stage, contact };
  };
  const wroteAfter = async (days: number, options: Parameters<typeof staged>[1] = reentry) => {
    const { stage, contact } = await answeredOnce(options);
    await stage.world.pass(days * DAY);
    await stage.world.says(contact.phone, 'hello again');
    return { stage, contact, story: await told(stage, contact) };
  };

  it('is not done within 90 days, whatever they write', async () => {
    const { story } = await wroteAfter(89);
    expect(story.texts).toEqual([QUESTION, APOLOGY]);
  });

  it('is done when they write after 90 days, and a new answer takes the place of the old one', async () => {
    const { stage, contact, story } = await wroteAfter(120);
    expect(story.texts).toEqual([QUESTION, APOLOGY, QUESTION]);
    const askedAgainAt = new Date(stage.world.now()).toISOString();
    expect(await told(stage, contact, '10')).toEqual({
      ...asked,
      texts: [QUESTION, APOLOGY, QUESTION, PROMOTER],
      tags: ['customer', 'promoter'],
      fields: { nps_asked_at: askedAgainAt, nps_score: 10 },
      branches: ['is-promoter then'],
    });
    expect(await runsOf(stage.world, stage.workflow, contact)).toHaveLength(2);
  });

  it('is not done where the workflow was published without re-entry', async () => {
    const { stage, contact, story } = await wroteAfter(120, {});
    expect(story.texts).toEqual([QUESTION, APOLOGY]);
    expect(await enroll(stage.world, stage.workflow, contact)).toBe('REENTRY_NOT_ALLOWED');
  });

  it('is done after 90 days to who has written in between, though nothing happens then', async () => {
    const { stage, contact } = await wroteAfter(50);
    await stage.world.pass(45 * DAY);
    expect(await stage.world.texts(contact.phone)).toEqual([QUESTION, APOLOGY, QUESTION, NUDGE]);
  });
});
