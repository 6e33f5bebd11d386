import { describe, expect, it, test } from 'vitest';
import { done, enroll, newContact, timeline } from '../support/business.ts';
import { runsOf, type Stage, staged, told } from '../support/template-story.ts';

const ASK =
  'Sample Studio: Thanks for your visit! Would you leave us an honest review? https://example.com/review Reply DONE once posted, STOP to opt out.';
const REMINDER =
  'Sample Studio: A friendly reminder: your honest review would help us a lot. https://example.com/review Reply DONE once posted.';
const THANKS = 'Thank you for taking the time! It helps us, and others to find us.';
const APOLOGY =
  'We are sorry your visit was not what it should have been. Someone from our team will contact you to make it right.';
const INCENTIVE = 'A small thank-you for your review, whatever you wrote: show this text for 10% off your next visit.';
const UNSUBSCRIBED = 'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.';

const visitor = ({ world }: Stage, ...tags: string[]) => newContact(world, { tags: ['visit-completed', ...tags] });
const asked = { texts: [ASK], parts: 1, tags: ['review-asked'], fields: {}, branches: [], run: 'COMPLETED' };

describe('the reviews workflow', () => {
  it('asks who completed a visit, and swaps the tags at once', async () => {
    const stage = await staged('reviews');
    const contact = await newContact(stage.world);
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/visit-completed`));
    expect(await told(stage, contact)).toEqual({ ...asked, run: 'RUNNING' });
  });

  test.each([[[]], [['visit']], [['review-asked', 'visit-completed']]])(
    'does not ask who has the tags %j',
    async (tags) => {
      const stage = await staged('reviews');
      expect(await told(stage, await newContact(stage.world, { tags }))).toEqual({
        texts: [],
        parts: 0,
        tags,
        fields: {},
        branches: [],
        run: 'NEVER_ENROLLED',
      });
    },
  );

  it('does not ask again after the next visit', async () => {
    const stage = await staged('reviews');
    const contact = await visitor(stage);
    await told(stage, contact, 'done');
    await done(stage.world.api('PUT', `/v1/contacts/${contact.id}/tags/visit-completed`));
    await done(stage.world.api('DELETE', `/v1/contacts/${contact.id}/tags/review-asked`));
    expect(await stage.world.texts(contact.phone)).toEqual([ASK, THANKS]);
    expect(await enroll(stage.world, stage.workflow, contact)).toBe('REENTRY_NOT_ALLOWED');
  });
});

describe('asked for a review', () => {
  const answered = async (...answers: (string | null)[]) => {
    const stage = await staged('reviews');
    return told(stage, await visitor(stage), ...answers);
  };

  test.each(['DONE!', 'I posted it', 'left you 5 stars', 'Reviewed ✅', 'no problem, posted', 'done, not bad at all'])(
    'who says "%s" is thanked',
    async (answer) =>
      expect(await answered(answer)).toEqual({
        ...asked,
        texts: [ASK, THANKS],
        tags: ['review-asked', 'reviewed'],
        branches: ['incentive else', 'complains else', 'has-reviewed then'],
      }),
  );

  test.each([
    'It was terrible',
    'I left, they were rude',
    'not happy',
    'I want a REFUND',
    'done. worst visit ever',
    'very disappointed 😞',
  ])('who says "%s" gets an apology and is passed on', async (answer) =>
    expect(await answered(answer)).toEqual({
      ...asked,
      texts: [ASK, APOLOGY],
      tags: ['review-asked', 'service-recovery'],
      branches: ['incentive else', 'complains then'],
    }),
  );

  test.each(['who is this?', 'maybe tomorrow', 'no problem'])('who says "%s" is left to a person', async (answer) =>
    expect(await answered(answer)).toEqual({
      ...asked,
      tags: ['needs-human', 'review-asked'],
      branches: ['incentive else', 'complains else', 'has-reviewed else'],
    }),
  );

  const silent = ['incentive else', 'complains noReply'];
  const silentAgain = [...silent, 'incentive-2 else', 'complains-2 noReply'];
  it('who is silent is reminded once, and then left in peace', async () => {
    expect(await answered(null)).toEqual({ ...asked, texts: [ASK, REMINDER], branches: silent, run: 'RUNNING' });
    expect(await answered(null, null, null)).toEqual({ ...asked, texts: [ASK, REMINDER], branches: silentAgain });
  });

  test.each([
    ['reviewed', [THANKS], 'reviewed', ['complains-2 else', 'has-reviewed-2 then']],
    ['awful', [APOLOGY], 'service-recovery', ['complains-2 then']],
    ['which visit?', [], 'needs-human', ['complains-2 else', 'has-reviewed-2 else']],
  ])('who answers "%s" to the reminder is heard too', async (answer, texts, tag, branches) => {
    expect(await answered(null, answer)).toEqual({
      ...asked,
      texts: [ASK, REMINDER, ...texts],
      tags: ['review-asked', tag].sort(),
      branches: [...silent, 'incentive-2 else', ...branches],
    });
  });

  it('who says STOP is asked nothing more', async () => {
    expect(await answered('stop', null)).toEqual({ ...asked, texts: [ASK, UNSUBSCRIBED], run: 'OPTED_OUT' });
  });

  it('has the whole way in the timeline of the run', async () => {
    const stage = await staged('reviews');
    const contact = await visitor(stage);
    await told(stage, contact, null, 'done');
    const [run = ''] = await runsOf(stage.world, stage.workflow, contact);
    expect(await timeline(stage.world, run)).toEqual([
      ...['ENROLLED', 'SENT', 'TAG_REMOVED', 'TAG_ADDED', 'WAITING', 'TIMED_OUT', 'BRANCH', 'BRANCH'],
      ...['SENT', 'WAITING', 'REPLIED', 'BRANCH', 'BRANCH', 'BRANCH', 'TAG_ADDED', 'SENT', 'ENDED'],
    ]);
  });
});

describe('the thank-you gift, where it is turned on', () => {
  const answered = async (...answers: (string | null)[]) => {
    const stage = await staged('reviews');
    const { texts, tags, branches } = await told(stage, await visitor(stage, 'review-incentive'), ...answers);
    return { texts, tags, branches };
  };
  const tags = ['review-asked', 'review-incentive'];

  it('is for the pleased and the displeased alike', async () => {
    expect(await answered('posted, loved it')).toEqual({
      texts: [ASK, INCENTIVE, THANKS],
      tags: [...tags, 'reviewed'],
      branches: ['incentive then', 'complains else', 'has-reviewed then'],
    });
    expect(await answered('posted, it was awful')).toEqual({
      texts: [ASK, INCENTIVE, APOLOGY],
      tags: [...tags, 'service-recovery'],
      branches: ['incentive then', 'complains then'],
    });
  });

  it('is for nobody who has not reviewed', async () => {
    expect((await answered('too expensive')).texts).toEqual([ASK]);
    expect((await answered(null, null)).texts).toEqual([ASK, REMINDER]);
  });

  it('also follows a review that came after the reminder', async () => {
    expect((await answered(null, 'done')).texts).toEqual([ASK, REMINDER, INCENTIVE, THANKS]);
  });
});
