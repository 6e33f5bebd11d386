import { describe, expect, it, test } from 'vitest';
import { done, enroll, newContact, timeline } from '../support/business.ts';
import { runsOf, type Stage, staged, told } from '../support/template-story.ts';

const OFFER = 'Sample Studio: Hi Guest, would you like a free demo of what we do? Reply YES or NO, or STOP to opt out.';
const BOOKING_LINK = 'Great! Pick the time that suits you best for your demo here: https://example.com/book';
const REMINDER =
  'Sample Studio: A quick reminder: you can still pick a time for your demo here: https://example.com/book';
const CLOSE = 'No problem, thanks for letting us know. We wish you all the best, and are here if you ever need us.';
const LAST_NOTE =
  'Sample Studio: We will not write about the demo again. Should you want it later, book any time: https://example.com/book';
const UNSUBSCRIBED = 'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.';

const lead = ({ world }: Stage, given: object = {}) =>
  newContact(world, { firstName: 'Guest', tags: ['lead'], ...given });
const offered = { texts: [OFFER], parts: 1, tags: ['lead'], fields: {}, branches: [], run: 'COMPLETED' };

describe('the nurture workflow', () => {
  it('offers a demo to whoever becomes a lead', async () => {
    const stage = await staged('nurture');
    const contact = await newContact(stage.world);
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/LEAD`));
    expect(await told(stage, contact)).toEqual({
      ...offered,
      texts: [OFFER.replace('Guest', 'there')],
      run: 'RUNNING',
    });
  });

  test.each([[['customer', 'lead']], [['customer']], [['leads']], [[]]])(
    'does not write to who has the tags %j',
    async (tags) => {
      const stage = await staged('nurture');
      expect(await told(stage, await lead(stage, { tags }))).toEqual({
        ...offered,
        texts: [],
        parts: 0,
        tags,
        run: 'NEVER_ENROLLED',
      });
    },
  );

  it('writes to a lead that was a customer once that is over, and to nobody twice', async () => {
    const stage = await staged('nurture');
    const contact = await lead(stage, { tags: ['lead', 'customer'] });
    await done(stage.world.api('DELETE', `/v1/contacts/${contact.id}/tags/customer`));
    expect(await told(stage, contact, 'no')).toMatchObject({ texts: [OFFER, CLOSE] });
    await done(stage.world.api('DELETE', `/v1/contacts/${contact.id}/tags/lead`));
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/lead`));
    expect(await stage.world.texts(contact.phone)).toEqual([OFFER, CLOSE]);
    expect(await enroll(stage.world, stage.workflow, contact)).toBe('REENTRY_NOT_ALLOWED');
  });
});

describe('offered a demo', () => {
  const answered = async (...answers: (string | null)[]) => {
    const stage = await staged('nurture');
    return told(stage, await lead(stage), ...answers);
  };
  const wants = { ...offered, texts: [OFFER, BOOKING_LINK], tags: ['demo-interested'], branches: ['says-yes then'] };

  test.each(['YES!!!', 'Yes please', 'sure', "yeah, I'm interested", 'ok 👍', 'sounds good', 'Of course'])(
    'who says "%s" gets the booking link and is no lead any more',
    async (answer) => expect(await answered(answer)).toEqual({ ...wants, run: 'RUNNING' }),
  );

  it('who wants it and then is silent is reminded once', async () => {
    const reminded = {
      ...wants,
      texts: [OFFER, BOOKING_LINK, REMINDER],
      branches: ['says-yes then', 'has-booked noReply'],
    };
    expect(await answered('yes', null)).toEqual(reminded);
    expect(await answered('yes', null, null, null)).toEqual(reminded);
  });

  test.each(['booked, thanks', 'Done', '👍', 'perfect'])(
    'who wants it and then says "%s" is not reminded',
    async (answer) => {
      expect(await answered('yes', answer, null)).toEqual({ ...wants, branches: ['says-yes then', 'has-booked then'] });
    },
  );

  test.each(['can you call me instead?', "ok but I can't find a time", 'not done'])(
    'who wants it and then says "%s" is left to a person',
    async (answer) =>
      expect(await answered('yes', answer, null)).toEqual({
        ...wants,
        tags: ['demo-interested', 'needs-human'],
        branches: ['says-yes then', 'has-booked else'],
      }),
  );

  test.each(['no', 'No thanks', 'not interested', 'nope 👎', "I don't want it", 'yes? no!', 'sure NOT'])(
    'who says "%s" is told goodbye kindly',
    async (answer) =>
      expect(await answered(answer, null)).toEqual({
        ...offered,
        texts: [OFFER, CLOSE],
        tags: ['lead', 'not-interested'],
        branches: ['says-yes else', 'says-no then'],
      }),
  );

  test.each(['what does it cost?', 'yes, why not', 'not sure', 'I know you', 'who is this'])(
    'who says "%s" is left to a person',
    async (answer) =>
      expect(await answered(answer, null)).toEqual({
        ...offered,
        tags: ['lead', 'needs-human'],
        branches: ['says-yes else', 'says-no else'],
      }),
  );

  it('who is silent gets one last note', async () => {
    const noted = { ...offered, texts: [OFFER, LAST_NOTE], branches: ['says-yes noReply'] };
    expect(await answered(null)).toEqual(noted);
    expect(await answered(null, null, 'yes')).toEqual(noted);
  });

  it('who says STOP hears no more, also after wanting a demo', async () => {
    expect(await answered('STOP', null)).toEqual({ ...offered, texts: [OFFER, UNSUBSCRIBED], run: 'OPTED_OUT' });
    expect(await answered('yes', 'STOP', null)).toEqual({
      ...wants,
      texts: [OFFER, BOOKING_LINK, UNSUBSCRIBED],
      run: 'OPTED_OUT',
    });
  });

  it('has the whole way in the timeline of the run', async () => {
    const stage = await staged('nurture');
    const contact = await lead(stage);
    await told(stage, contact, 'yes', null);
    const [run = ''] = await runsOf(stage.world, stage.workflow, contact);
    expect(await timeline(stage.world, run)).toEqual([
      ...['ENROLLED', 'SENT', 'WAITING', 'REPLIED', 'BRANCH', 'TAG_ADDED', 'TAG_REMOVED', 'SENT', 'WAITING'],
      ...['TIMED_OUT', 'BRANCH', 'SENT', 'ENDED'],
    ]);
  });
});
